from akdl.models.tf.dnn import dnn_batch
def main(config):
    dnn_batch.main(config)
