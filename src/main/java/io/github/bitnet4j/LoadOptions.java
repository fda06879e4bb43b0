package io.github.bitnet4j;

import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.model.HeadType;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.Compatibility;
import java.util.Objects;
import java.util.Optional;

/**
 * How a model file is loaded. Immutable.
 *
 * @param model kernel build, threads and placement of the weights
 * @param compatibility whose behaviour to follow where a file's text metadata is incomplete or
 *     wrong
 * @param chatTemplate the form of chats; empty for what the file says
 */
public record LoadOptions(
    ModelOptions model, Compatibility compatibility, Optional<ChatTemplate> chatTemplate) {
  /** The best kernel, all processors, Hugging Face's behaviour, the file's chat form. */
  public static final LoadOptions DEFAULT =
      new LoadOptions(ModelOptions.DEFAULT, Compatibility.HUGGING_FACE, Optional.empty());

  public LoadOptions {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(compatibility, "compatibility");
    Objects.requireNonNull(chatTemplate, "chatTemplate");
  }

  /**
   * These options with a kernel build forced: by name, such as {@code avx2}, or by path, as {@link
   * KernelBuild#named} takes it.
   */
  public LoadOptions withKernel(String choice) {
    return withModel(model.withKernel(choice));
  }

  /** These options with a kernel build forced. */
  public LoadOptions withKernel(KernelBuild build) {
    return withModel(model.withKernel(build));
  }

  /** These options with another number of threads; 0 for all processors. */
  public LoadOptions withThreads(int threads) {
    return withModel(model.withThreads(threads));
  }

  /** These options with the head requantised, which is lossy: see {@link HeadType}. */
  public LoadOptions withHeadType(HeadType type) {
    return withModel(model.withHeadType(type));
  }

  /** These options with a screened head, or without; see {@link ModelOptions#screenedHead}. */
  public LoadOptions withScreenedHead(boolean screened) {
    return withModel(model.withScreenedHead(screened));
  }

  /** These options with other engine options. */
  public LoadOptions withModel(ModelOptions other) {
    return new LoadOptions(other, compatibility, chatTemplate);
  }

  /** These options following another tool's behaviour. */
  public LoadOptions withCompatibility(Compatibility other) {
    return new LoadOptions(model, other, chatTemplate);
  }

  /** These options with the form of chats overridden. */
  public LoadOptions withChatTemplate(ChatTemplate template) {
    return new LoadOptions(model, compatibility, Optional.of(template));
  }
}
