// The AVX-VNNI build, its product instruction imitated. The rest is AVX2, for real.
#include <immintrin.h>
#include <simde/x86/avx512/dpbusd.h>

// As a macro, it wins over the function of the same name, which this file may not call.
#define _mm256_dpbusd_avx_epi32(sum, a, b) simde_mm256_dpbusd_epi32(sum, a, b)

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

BN_KERNEL_TABLE(emulated_avxvnni, "avxvnni (emulated by SIMDe)", BN_CPU_AVX2, "for tests only")
