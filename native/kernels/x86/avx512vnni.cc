// The AVX-512 VNNI build. Compiled with -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni.
#include <immintrin.h>

#include "kernels/build.h"
#include "kernels/x86/f32x16_avx512.inl"
#include "kernels/x86/codes_avx512.inl"
#include "kernels/x86/packed_avx512.inl"
#include "kernels/x86/q6_k_avx512.inl"
#include "kernels/x86/ternary_avx512vnni.inl"
#include "kernels/x86/multiply_adds.inl"
#include "kernels/x86/lane_tokens.inl"
#include "kernels/x86/scores_avx512.inl"

#include "kernels/table.inl"

BN_KERNEL_TABLE(kernel_avx512vnni, "avx512vnni", BN_CPU_AVX512_VNNI,
                "512-bit vectors, 8-bit dot products; requires AVX-512 F, BW, DQ, VL and VNNI")
