// The parts of an examination that have to do with Python and TensorFlow.
#pragma once

#include "doctor/doctor.hpp"
#include "doctor/trial.hpp"

#include <string>

namespace alinktf::doctor {

/// Every interpreter that a job may pick: where it was found, what it can run.
Findings examine_pythons(const Surroundings& surroundings);

/// What the trial of the interpreter at `path`, which `place` names, says. `tensorflow` is the
/// version in its package data; empty if there is none.
Finding judge_python(const std::string& place,
                     const std::string& path,
                     const std::string& tensorflow,
                     const Trial& trial);

/// What is printed before and behind the version by the program that trials run.
inline constexpr const char* kPythonMark = "alinktf-doctor-python ";
inline constexpr const char* kTensorFlowMark = "alinktf-doctor-tensorflow ";

}  // namespace alinktf::doctor
