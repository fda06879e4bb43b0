// The AVX-512 VNNI build, its instructions imitated.
#include "test/emulated.h"

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

BN_KERNEL_TABLE(emulated_avx512vnni, "avx512vnni (emulated by SIMDe)", BN_CPU_AVX2, "for tests only")
