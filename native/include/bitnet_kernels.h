// bitnet_kernels.h - what a kernel build is: a table of functions compiled for one instruction set.
//
// The builds inside the library are such tables, and so is one of your own: a shared library that
// exports bn_kernel_build (see the end of this file) is loaded by path and used like the others.
// This header, bitnet.h beside it and a C or C++ compiler are all that it takes; native/README.md
// tells how.
//
// Every build computes what native/ARITHMETIC.md defines, bit for bit, so builds are
// interchangeable. This file holds only plain data and declarations: an inline function here would
// be compiled once per instruction set, and the linker keeps any one copy.
//
// Assumptions shared by all entries, checked by the callers:
//  - Counts are at least 1 unless said otherwise; buffers hold what the counts say, no byte beyond
//    them is read or written, and no alignment above that of the element type is needed (weights:
//    1).
//  - Inputs and outputs do not overlap unless said otherwise.
//  - The floating-point environment is the default one: round to nearest, subnormals kept.
//  - Any number of threads may be inside an entry at once; it keeps no state between calls, does
//    not throw, and does not end the process.
#ifndef BITNET_KERNELS_H
#define BITNET_KERNELS_H

#include "bitnet.h"

#if defined(_WIN32)
#define BN_KERNEL_EXPORT __declspec(dllexport)
#else
#define BN_KERNEL_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Instruction sets that a build may require. A set counts as present when the CPU has it and the
// operating system saves its registers.
enum bn_cpu_feature {
  BN_CPU_AVX2 = 1 << 0,    // AVX2 with FMA and F16C
  BN_CPU_AVX512 = 1 << 1,  // AVX-512 F, BW, DQ and VL
  BN_CPU_AVX512_VNNI = 1 << 2,
  BN_CPU_AVX_VNNI = 1 << 3,  // the 256-bit byte products of AVX-VNNI, besides BN_CPU_AVX2
  BN_CPU_DOTPROD = 1 << 16,  // ARM's SDOT and UDOT
  BN_CPU_I8MM = 1 << 17      // ARM's products of 8-bit matrices
};

// A ternary matrix [rows][cols] in layout BLOCK_128: row r begins at codes + r * cols / 4.
// cols is a multiple of 128 and at most BN_MAX_COLUMNS.
typedef struct bn_ternary_matrix {
  const uint8_t* codes;
  uint64_t rows;
  uint64_t cols;
  float scale;
} bn_ternary_matrix;

// Rows and columns of a packed matrix that lie together, and the bytes they take.
enum {
  BN_PACKED_ROWS = 64,
  BN_PACKED_COLUMNS = 24,
  BN_PACKED_PATTERNS = 14,
  BN_PACKED_HEADER_BYTES = BN_PACKED_ROWS * 4,
  BN_PACKED_BLOCK_BYTES = BN_PACKED_ROWS * 5
};

// A ternary matrix [rows][cols] in five bits for three weights, for products with one token. cols is as
// in bn_ternary_matrix, and all weights are -1, 0 or 1.
//
// Three weights that follow each other in a row are a triple. It is pattern n, 0 <= n < 14, or the
// negative of it; n + 13 is the number whose digits to the base 3, the first weight's first, are the
// weights plus 1. Rows lie in groups of 64 and columns in blocks of 24, eight triples, filled up with
// zeros at the end of either. The groups follow each other; a group is
//   int32 negatives[64]      how many triples of each row are negatives
// and then for each block
//   uint8 signs[64]          bit 7 - t of a row's byte: triple t is a negative
//   uint8 patterns[4][64]    of byte i of a row, the low half is the pattern of triple 2 * i, the high half
//                            that of triple 2 * i + 1
typedef struct bn_packed_matrix {
  const uint8_t* data;
  uint64_t rows;
  uint64_t cols;
  float scale;
} bn_packed_matrix;

// Activations of n_tokens tokens: q[n_tokens][cols], the scale of each row and the sum of its q.
typedef struct bn_quantized_rows {
  const int8_t* q;
  const float* scales;
  const int32_t* sums;
  uint64_t n_tokens;
} bn_quantized_rows;

// Changes whenever bn_kernel_table does.
enum { BN_KERNEL_TABLE_VERSION = 7 };

// Most queries that one call of attention_scores or attention_mix takes: heads of one token, or of several
// that see the same positions.
enum { BN_MAX_ATTENTION_QUERIES = 32 };

typedef struct bn_kernel_table {
  uint32_t version;         // BN_KERNEL_TABLE_VERSION
  uint32_t size;            // sizeof(bn_kernel_table)
  const char* name;         // 1 to 31 letters, digits, - and _; another than every other build's
  const char* description;  // a line of ASCII: what it uses and requires
  uint64_t requirements;    // bn_cpu_feature bits; 0: runs everywhere

  // y[n] from n elements of type F32, F16, BF16, Q8_0, Q6_K or Q4_0 (a bn_type), whole blocks of it.
  void (*widen)(uint32_t type, const void* x, uint64_t n, float* y);

  // y[n] = RMS norm of x[n] times weight[n]. y may be x.
  void (*rms_norm)(const float* x, const float* weight, uint64_t n, float epsilon, float* y);

  // q[n] and the scale of x[n]; sum is the sum of q.
  void (*quantize)(const float* x, uint64_t n, int8_t* q, float* scale, int32_t* sum);

  // Memory that ternary_matmul needs for itself, 0 to 2^30; these three entries belong together. It is
  // aligned to 64 bytes; what it holds before and after a call does not matter.
  uint64_t scratch_bytes;

  // 1 to 65536. With more than one token, ternary_matmul is fastest when row_end - row_begin is a
  // multiple of this.
  uint64_t panel_rows;

  // y[t * y_stride + r] for rows row_begin..row_end and every token. Any q, -128 included. The
  // scratch is the calling thread's alone during the call.
  void (*ternary_matmul)(const bn_ternary_matrix* matrix, const bn_quantized_rows* activations,
                         uint64_t row_begin, uint64_t row_end, float* y, uint64_t y_stride,
                         void* scratch);

  // What packed_product needs of one token's q[cols]: 32 bytes for every triple of columns, zeros filled
  // up to whole blocks of BN_PACKED_COLUMNS. A pattern's product with the triple is 29 * high + low, low
  // from -14 to 14; byte n is the low part of pattern n and byte 16 + n its high part, the rest is 0.
  void (*packed_inputs)(const int8_t* q, uint64_t cols, int8_t* inputs);

  // y[r], r counted from the matrix's row 0, for the rows of groups group_begin..group_end of
  // BN_PACKED_ROWS, as ternary_matmul computes it for one token, of which packed_inputs made the inputs;
  // input_scale is its scale.
  void (*packed_product)(const bn_packed_matrix* matrix, const int8_t* inputs, float input_scale,
                         uint64_t group_begin, uint64_t group_end, float* y);

  // Rotates x[n_heads][head_dim] in place by cos and sin [head_dim/2].
  void (*rope)(float* x, uint64_t n_heads, uint64_t head_dim, const float* cos, const float* sin);

  // y[n] = x[n] rounded to F16.
  void (*narrow_f16)(const float* x, uint64_t n, uint16_t* y);

  // scores[j * stride + t] = dot(q[j], k[t]) * scale for 1..BN_MAX_ATTENTION_QUERIES queries; k
  // is n_positions rows of head_dim elements of kv_type F16, F32 or Q8_0. A row of Q8_0 is the
  // F16 scales of every 32 elements (the last may be fewer), then the elements as int8. next is
  // where the next call will read as many rows: a kernel may prefetch them, and only that.
  void (*attention_scores)(const float* q, uint64_t n_queries, uint64_t head_dim, uint32_t kv_type,
                           const void* k, uint64_t n_positions, const void* next, float scale,
                           float* scores, uint64_t stride);

  // Turns n scores into exp(score - max) in place and returns their lane sum.
  float (*softmax)(float* scores, uint64_t n);

  // acc[j][i] = fma(e[j * stride + t], v[t][i], acc[j][i]) for ascending t and columns
  // column_begin..column_end of head_dim, 1..BN_MAX_ATTENTION_QUERIES queries. column_begin is a
  // multiple of 16; next is as for attention_scores.
  void (*attention_mix)(const float* e, uint64_t stride, uint64_t n_queries, uint64_t head_dim,
                        uint32_t kv_type, const void* v, uint64_t n_positions, const void* next,
                        uint64_t column_begin, uint64_t column_end, float* acc);

  // x[i] = x[i] / by.
  void (*divide)(float* x, uint64_t n, float by);

  // y = activation(gate) * up, activation a bn_activation. y may be gate or up.
  void (*activate)(uint32_t activation, uint64_t n, const float* gate, const float* up, float* y);

  // y[i] = x[i] + z[i]. y may be x or z.
  void (*add)(const float* x, const float* z, uint64_t n, float* y);

  // y[t * y_stride + r] = the logit of row r and x[t] for rows row_begin..row_end of W[..][cols] of
  // a type that widen takes, and x[n_tokens][cols]: dot(W[r], x[t]), or of type Q6_K products of
  // integers.
  void (*head)(uint32_t type, const void* weights, uint64_t cols, uint64_t row_begin,
               uint64_t row_end, const float* x, uint64_t n_tokens, float* y, uint64_t y_stride);

  // sums[t * sum_stride + r] = the sum of codes[r * cols + c] * x[t * cols + c] over c < cols, for n_rows
  // rows and n_tokens tokens; cols is a multiple of 128. The sum of |codes[r * cols + c] * x[t * cols + c]|
  // is below 2^31 for every row and token.
  void (*screen)(const int8_t* codes, uint64_t cols, uint64_t n_rows, const int16_t* x,
                 uint64_t n_tokens, int32_t* sums, uint64_t sum_stride);

  // y[n] = exp(x[n]). y may be x.
  void (*exp)(const float* x, uint64_t n, float* y);

  // Runs the instructions that this build multiplies and adds bytes with, on registers alone or, where
  // the compiler chooses them, on a few bytes of the first-level cache, for `rounds` rounds, and returns
  // how many multiply-adds that was: a speed that ternary_matmul cannot exceed. rounds may be 0.
  uint64_t (*multiply_adds)(uint64_t rounds);
} bn_kernel_table;

// A shared library with a kernel build of its own exports one function of this name:
//
//     BN_KERNEL_EXPORT const bn_kernel_table* bn_kernel_build(void);
//
// It returns the library's table, which stays valid and unchanged as long as the process lives. A
// function of the table may be NULL: that of the best build in bitnet4j then takes its place, so
// that a library can replace a single kernel (with ternary_matmul come its scratch_bytes and
// panel_rows). Before the build is used, every function it does bring is run on test inputs and
// held to the results of the build "scalar", bit for bit.
typedef const bn_kernel_table* (*bn_kernel_build_function)(void);

#ifdef __cplusplus
}
#endif

#endif  // BITNET_KERNELS_H
