// The AVX-VNNI build. Compiled with -mavx2 -mfma -mf16c -mavxvnni.
#include <immintrin.h>

#include "kernels/build.h"
#include "kernels/x86/f32x16_avx2.inl"
#include "kernels/x86/codes_avx2.inl"
#include "kernels/x86/lanes_avx2.inl"
#include "kernels/x86/packed_avx2.inl"
#include "kernels/x86/q6_k_avx2.inl"
#include "kernels/x86/ternary_avxvnni.inl"
#include "kernels/x86/multiply_adds.inl"
#include "kernels/x86/lane_tokens.inl"
#include "kernels/scores_by_column.inl"

#include "kernels/table.inl"

BN_KERNEL_TABLE(kernel_avxvnni, "avxvnni", BN_CPU_AVX2 | BN_CPU_AVX_VNNI,
                "256-bit vectors, 8-bit dot products; requires AVX2, FMA, F16C and AVX-VNNI")
