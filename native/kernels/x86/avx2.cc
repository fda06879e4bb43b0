// The AVX2 build. Compiled with -mavx2 -mfma -mf16c.
#include <immintrin.h>

#include "kernels/build.h"
#include "kernels/x86/f32x16_avx2.inl"
#include "kernels/x86/codes_avx2.inl"
#include "kernels/x86/packed_avx2.inl"
#include "kernels/x86/q6_k_avx2.inl"
#include "kernels/x86/ternary_avx2.inl"
#include "kernels/x86/multiply_adds.inl"
#include "kernels/x86/code_tokens.inl"
#include "kernels/scores_by_column.inl"

#include "kernels/table.inl"

BN_KERNEL_TABLE(kernel_avx2, "avx2", BN_CPU_AVX2,
                "256-bit vectors, 8-bit products added in pairs; requires AVX2, FMA and F16C")
