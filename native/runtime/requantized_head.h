// A head in fewer bits than the file has it: lossy, and only on request.
#ifndef BITNET_RUNTIME_REQUANTIZED_HEAD_H
#define BITNET_RUNTIME_REQUANTIZED_HEAD_H

#include "runtime/model.h"
#include "runtime/pool.h"

namespace bitnet {

// As bn_model_requantize_head, whose pointers are checked.
int32_t requantize_head(bn_model* model, bn_pool* pool, uint32_t type);

}  // namespace bitnet

#endif
