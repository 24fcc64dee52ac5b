// Which TCP ports somebody listens on.
#pragma once

#include <cstdint>
#include <set>
#include <string_view>

namespace alinktf::cluster {

/// The ports of all sockets that listen, as /proc/net/tcp or /proc/net/tcp6 tell in `table`; what
/// is no line of such a table is passed over. Source: proc_net_tcp in Linux' documentation.
std::set<std::uint16_t> listening_ports(std::string_view table);

/// Those of this machine (of our network namespace), IPv4 and IPv6; empty if /proc does not say.
std::set<std::uint16_t> listening_ports();

}  // namespace alinktf::cluster
