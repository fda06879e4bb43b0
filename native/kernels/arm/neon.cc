// The NEON build: the instructions that every aarch64 CPU has.
#include <arm_neon.h>

#include "kernels/build.h"
#include "kernels/arm/f32x16_neon.inl"
#include "kernels/arm/codes_neon.inl"
#include "kernels/arm/packed_neon.inl"
#include "kernels/arm/q6_k_neon.inl"
#include "kernels/arm/ternary_neon.inl"
#include "kernels/panel_tokens.inl"
#include "kernels/scores_by_column.inl"

#include "kernels/table.inl"

BN_KERNEL_TABLE(kernel_neon, "neon", 0,
                "128-bit vectors, 8-bit products added to 16 bits; runs on every aarch64 CPU")
