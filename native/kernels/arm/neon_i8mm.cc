// The NEON build with the products of 8-bit matrices. Compiled with -march=armv8.2-a+dotprod+i8mm.
#include <arm_neon.h>

#include "kernels/build.h"
#include "kernels/arm/f32x16_neon.inl"
#include "kernels/arm/codes_neon.inl"
#include "kernels/arm/packed_neon.inl"
#include "kernels/arm/q6_k_neon.inl"
#include "kernels/arm/sum_dotprod.inl"
#include "kernels/arm/ternary_i8mm.inl"
#include "kernels/panel_tokens.inl"
#include "kernels/scores_by_column.inl"

#include "kernels/table.inl"

BN_KERNEL_TABLE(kernel_neon_i8mm, "neon-i8mm", BN_CPU_DOTPROD | BN_CPU_I8MM,
                "128-bit vectors, products of 8-bit matrices; requires DotProd and I8MM")
