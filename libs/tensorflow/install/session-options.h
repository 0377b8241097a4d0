// Included before TensorFlow.js's sources (g++ -include): sessions are opened without graph rewriting.
//
// TensorFlow's optimizers (Grappler, and the older constant folding and common subexpressions of level L1) turn x / c into
// x * (1 / c), hoist factors and fuse operations, so that a graph's results differ in their last bits from those of the same
// operations run one by one. A traced training step must give exactly what the eager one gives.

#ifndef EPOCHAL_SESSION_OPTIONS_H_
#define EPOCHAL_SESSION_OPTIONS_H_

#include "tensorflow/c/c_api.h"

inline TF_SessionOptions *EpochalNewSessionOptions() {
  // A serialized ConfigProto:
  //   graph_options {
  //     optimizer_options { opt_level: L0 }
  //     rewrite_options { disable_meta_optimizer: true }
  //   }
  static const unsigned char config[] = {
      0x52, 0x12,                                            // graph_options (10), 18 bytes
      0x1a, 0x0b,                                            //   optimizer_options (3), 11 bytes
      0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  //     opt_level (3) = -1
      0xff, 0x01,                                            //
      0x52, 0x03,                                            //   rewrite_options (10), 3 bytes
      0x98, 0x01, 0x01,                                      //     disable_meta_optimizer (19) = true
  };
  TF_SessionOptions *options = TF_NewSessionOptions();
  TF_Status *status = TF_NewStatus();
  TF_SetConfig(options, config, sizeof(config), status);
  TF_DeleteStatus(status);
  return options;
}

#define TF_NewSessionOptions EpochalNewSessionOptions

#endif  // EPOCHAL_SESSION_OPTIONS_H_
