package io.github.bitnet4j.model;

/** Where the weights lie that a model computes with. The results are the same. */
public enum WeightMemory {
  /**
   * In the mapped file: loads in no time, and processes with the same file share one copy. The
   * least memory.
   */
  MAPPED,
  /**
   * In memory of the model's own, in large pages where the operating system has them: decoding is
   * faster, as reading them takes less time than reading a mapped file. Loading copies the file;
   * the pages of the file that were mapped for that are given back.
   */
  COPIED,
  /**
   * As {@link #COPIED}, with a second copy of the ternary weights in five bits for three of them,
   * which single tokens compute with: decoding is faster still where memory is scarce, as with many
   * threads, and takes that copy's memory, five sixths of the ternary weights'.
   */
  PACKED
}
