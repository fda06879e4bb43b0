// Rows of a head in fewer bits. native/ARITHMETIC.md, "Requantised heads", has the formulas.
#ifndef BITNET_OPS_REQUANTIZE_H
#define BITNET_OPS_REQUANTIZE_H

#include "kernels/table.h"

namespace bitnet {

// Whether requantize_row makes rows of this type.
bool can_requantize_to(uint32_t type);

// Stores x[cols] in blocks of a type that can_requantize_to, whole ones. False, with the row undefined,
// when a weight is infinite, NaN, or larger than a block of the type can hold.
bool requantize_row(const KernelTable& kernel, uint32_t type, const float* x, uint64_t cols,
                    uint8_t* row);

}  // namespace bitnet

#endif
