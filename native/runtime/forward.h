// The forward pass.
#ifndef BITNET_RUNTIME_FORWARD_H
#define BITNET_RUNTIME_FORWARD_H

#include "runtime/context.h"

namespace bitnet {

// Runs the model over a checked batch; logits has a row for each of the n_wanted tokens.
void forward(bn_context* context, bn_kv* kv, const bn_batch& batch, uint64_t n_wanted,
             float* logits);

}  // namespace bitnet

#endif
