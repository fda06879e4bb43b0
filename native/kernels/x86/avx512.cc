// The AVX-512 build without VNNI. Compiled with -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl.
#include <immintrin.h>

#include "kernels/build.h"
#include "kernels/x86/f32x16_avx512.inl"
#include "kernels/x86/codes_avx512.inl"
#include "kernels/x86/packed_avx512.inl"
#include "kernels/x86/q6_k_avx512.inl"
#include "kernels/x86/ternary_avx512.inl"
#include "kernels/x86/multiply_adds.inl"
#include "kernels/x86/lane_tokens.inl"
#include "kernels/x86/scores_avx512.inl"

#include "kernels/table.inl"

BN_KERNEL_TABLE(kernel_avx512, "avx512", BN_CPU_AVX512,
                "512-bit vectors, 8-bit products added in pairs; requires AVX-512 F, BW, DQ and VL")
