// A second form of the ternary weights, smaller and faster for one token.
#ifndef BITNET_RUNTIME_PACKED_WEIGHTS_H
#define BITNET_RUNTIME_PACKED_WEIGHTS_H

#include "runtime/model.h"
#include "runtime/pool.h"

namespace bitnet {

// As bn_model_pack_weights, whose pointers are checked.
int32_t pack_weights(bn_model* model, bn_pool* pool);

}  // namespace bitnet

#endif
