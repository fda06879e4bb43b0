// The NEON build with the dot product instructions. Compiled with -march=armv8.2-a+dotprod.
#include <arm_neon.h>

#include "kernels/build.h"
#include "kernels/arm/f32x16_neon.inl"
#include "kernels/arm/codes_neon.inl"
#include "kernels/arm/packed_neon.inl"
#include "kernels/arm/q6_k_neon.inl"
#include "kernels/arm/sum_dotprod.inl"
#include "kernels/arm/ternary_dotprod.inl"
#include "kernels/panel_tokens.inl"
#include "kernels/scores_by_column.inl"

#include "kernels/table.inl"

BN_KERNEL_TABLE(kernel_neon_dotprod, "neon-dotprod", BN_CPU_DOTPROD,
                "128-bit vectors, 8-bit dot products; requires DotProd (asimddp)")
