// The last include of a build's translation unit: its table. BN_KERNEL_TABLE(symbol, name,
// requirements, description).

#define BN_KERNEL_TABLE(symbol, build_name, required, text)                                      \
  namespace bitnet {                                                                             \
  extern const KernelTable symbol;                                                               \
  const KernelTable symbol = {                                                                   \
      kKernelTableVersion,   build_name,        text,           required,                        \
      widen_kernel,          rms_norm_kernel,   quantize_kernel, ternary_matmul_kernel,          \
      rope_kernel,           narrow_f16_kernel, attention_scores_kernel, softmax_kernel,         \
      attention_mix_kernel,  divide_kernel,     activate_kernel, add_kernel,                     \
      head_kernel,           exp_kernel};                                                        \
  }
