// What a kernel build is: a table of functions compiled for one instruction set.
//
// Every build computes what native/ARITHMETIC.md defines, bit for bit, so builds are interchangeable.
// A build is one translation unit with its own compile flags (see kernels/x86/avx2.cc for a small
// one) and one line in kernels/registry.cc. This header holds only plain data and declarations: an
// inline function here would be compiled once per instruction set, and the linker keeps any one copy.
//
// Assumptions shared by all entries, checked by the callers:
//  - Counts are at least 1 unless said otherwise; buffers hold what the counts say, no byte beyond
//    them is read or written, and no alignment above that of the element type is needed (weights: 1).
//  - Inputs and outputs do not overlap unless said otherwise.
//  - The floating-point environment is the default one: round to nearest, subnormals kept.
#ifndef BITNET_KERNELS_KERNEL_TABLE_H
#define BITNET_KERNELS_KERNEL_TABLE_H

#include <stdint.h>

namespace bitnet {

// Instruction sets that a build may require. A set counts as present when the CPU has it and the
// operating system saves its registers.
enum CpuFeature : uint64_t {
  kCpuAvx2 = 1u << 0,  // AVX2 with FMA and F16C
  kCpuAvx512 = 1u << 1,  // AVX-512 F, BW, DQ and VL
  kCpuAvx512Vnni = 1u << 2,
};

// A ternary matrix [rows][cols] in layout BLOCK_128: row r begins at codes + r * cols / 4.
// cols is a multiple of 128 and at most BN_MAX_COLUMNS.
struct TernaryMatrix {
  const uint8_t* codes;
  uint64_t rows;
  uint64_t cols;
  float scale;
};

// Activations of n_tokens tokens: q[n_tokens][cols], the scale of each row and the sum of its q.
struct QuantizedRows {
  const int8_t* q;
  const float* scales;
  const int32_t* sums;
  uint64_t n_tokens;
};

// Changes whenever KernelTable does.
enum : uint32_t { kKernelTableVersion = 1 };

// Most query heads that one call of attention_scores or attention_mix takes.
enum : uint64_t { kMaxAttentionHeads = 8 };

struct KernelTable {
  uint32_t version;
  const char* name;
  const char* description;
  uint64_t requirements;  // CpuFeature bits

  // y[n] from n elements of type F32, F16 or BF16 (a bn_type).
  void (*widen)(uint32_t type, const void* x, uint64_t n, float* y);

  // y[n] = RMS norm of x[n] times weight[n]. y may be x.
  void (*rms_norm)(const float* x, const float* weight, uint64_t n, float epsilon, float* y);

  // q[n] and the scale of x[n]; sum is the sum of q.
  void (*quantize)(const float* x, uint64_t n, int8_t* q, float* scale, int32_t* sum);

  // y[t * y_stride + r] for rows row_begin..row_end and every token. Any q, -128 included.
  void (*ternary_matmul)(const TernaryMatrix* matrix, const QuantizedRows* activations,
                         uint64_t row_begin, uint64_t row_end, float* y, uint64_t y_stride);

  // Rotates x[n_heads][head_dim] in place by cos and sin [head_dim/2].
  void (*rope)(float* x, uint64_t n_heads, uint64_t head_dim, const float* cos, const float* sin);

  // y[n] = x[n] rounded to F16.
  void (*narrow_f16)(const float* x, uint64_t n, uint16_t* y);

  // scores[h * stride + t] = dot(q[h], k[t]) * scale for 1..kMaxAttentionHeads heads; k is
  // [n_positions][head_dim] of kv_type F16 or F32.
  void (*attention_scores)(const float* q, uint64_t n_heads, uint64_t head_dim, uint32_t kv_type,
                           const void* k, uint64_t n_positions, float scale, float* scores,
                           uint64_t stride);

  // Turns n scores into exp(score - max) in place and returns their lane sum.
  float (*softmax)(float* scores, uint64_t n);

  // acc[h][i] = fma(e[h * stride + t], v[t][i], acc[h][i]) for ascending t, 1..kMaxAttentionHeads
  // heads.
  void (*attention_mix)(const float* e, uint64_t stride, uint64_t n_heads, uint64_t head_dim,
                        uint32_t kv_type, const void* v, uint64_t n_positions, float* acc);

  // x[i] = x[i] / by.
  void (*divide)(float* x, uint64_t n, float by);

  // y = activation(gate) * up, activation a bn_activation. y may be gate or up.
  void (*activate)(uint32_t activation, uint64_t n, const float* gate, const float* up, float* y);

  // y[i] = x[i] + z[i]. y may be x or z.
  void (*add)(const float* x, const float* z, uint64_t n, float* y);

  // y[t * y_stride + r] = dot(W[r], x[t]) for rows row_begin..row_end of W[..][cols] of type F32,
  // F16 or BF16, and x[n_tokens][cols].
  void (*head)(uint32_t type, const void* weights, uint64_t cols, uint64_t row_begin,
               uint64_t row_end, const float* x, uint64_t n_tokens, float* y, uint64_t y_stride);

  // y[n] = exp(x[n]). y may be x.
  void (*exp)(const float* x, uint64_t n, float* y);
};

}  // namespace bitnet

#endif
