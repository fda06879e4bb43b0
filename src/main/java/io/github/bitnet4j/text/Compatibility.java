package io.github.bitnet4j.text;

/**
 * Whose behaviour to follow where published BitNet files leave out or contradict what the model was
 * trained with.
 */
public enum Compatibility {
  /**
   * As Hugging Face's tokenizer and chat template treat the model. A file with Llama 3's vocabulary
   * and no {@code tokenizer.ggml.pre} is split as {@code llama-bpe}; a chat template known to be
   * wrong is corrected. This is what the model was trained with.
   */
  HUGGING_FACE,
  /**
   * As bitnet.cpp treats the file: no {@code tokenizer.ggml.pre} means the default pre-tokenizer,
   * and chats of BitNet b1.58 2B-4T take the form bitnet.cpp gives them.
   */
  BITNET_CPP
}
