// The last include of a build's translation unit: the kernels written once for all builds, and the
// table of them. BN_KERNEL_TABLE(symbol, name, requirements, description).
#include "kernels/attention_mix.inl"
#include "kernels/attention_scores.inl"
#include "kernels/float_ops.inl"
#include "kernels/head_ops.inl"
#include "kernels/packed_ops.inl"
#include "kernels/screen_ops.inl"
#include "kernels/ternary_ops.inl"

#define BN_KERNEL_TABLE(symbol, build_name, required, text)                                      \
  namespace bitnet {                                                                             \
  extern const KernelTable symbol;                                                               \
  const KernelTable symbol = {                                                                   \
      .version = BN_KERNEL_TABLE_VERSION,                                                        \
      .size = sizeof(KernelTable),                                                               \
      .name = build_name,                                                                        \
      .description = text,                                                                       \
      .requirements = required,                                                                  \
      .widen = widen_kernel,                                                                     \
      .rms_norm = rms_norm_kernel,                                                               \
      .quantize = quantize_kernel,                                                               \
      .scratch_bytes = kScratchBytes,                                                            \
      .panel_rows = kPanelRows,                                                                  \
      .ternary_matmul = ternary_matmul_kernel,                                                   \
      .packed_inputs = packed_inputs_kernel,                                                     \
      .packed_product = packed_product_kernel,                                                   \
      .rope = rope_kernel,                                                                       \
      .narrow_f16 = narrow_f16_kernel,                                                           \
      .attention_scores = attention_scores_kernel,                                               \
      .softmax = softmax_kernel,                                                                 \
      .attention_mix = attention_mix_kernel,                                                     \
      .divide = divide_kernel,                                                                   \
      .activate = activate_kernel,                                                               \
      .add = add_kernel,                                                                         \
      .head = head_kernel,                                                                       \
      .screen = screen_kernel,                                                                   \
      .exp = exp_kernel,                                                                         \
      .multiply_adds = multiply_adds_kernel,                                                     \
  };                                                                                             \
  }
