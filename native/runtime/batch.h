// Checks a batch before anything is computed.
#ifndef BITNET_RUNTIME_BATCH_H
#define BITNET_RUNTIME_BATCH_H

#include "runtime/context.h"

namespace bitnet {

// Floats per token of an op's result.
uint64_t op_width(const bn_model& model, uint32_t op);

// True for ops of the whole model, whose taps have layer 0.
bool op_has_layer(uint32_t op);

// BN_OK when the batch is valid as bn_forward documents it, with *n_wanted tokens that want logits.
// Uses the context's validation scratch.
int32_t check_batch(bn_context* context, const bn_kv& kv, const bn_batch& batch,
                    uint64_t* n_wanted);

}  // namespace bitnet

#endif
