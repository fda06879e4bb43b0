package io.github.bitnet4j.ffi;

import static io.github.bitnet4j.bindings.BitNetNative.*;

/** What a native function returns; the names are those of {@code enum bn_status}. */
enum Status {
  OK(BN_OK(), "no error"),
  NULL(BN_ERROR_NULL(), "a required pointer is NULL"),
  STRUCT_SIZE(BN_ERROR_STRUCT_SIZE(), "a struct has another size than this library was built with"),
  OUT_OF_MEMORY(BN_ERROR_OUT_OF_MEMORY(), "not enough native memory"),
  ARGUMENT(BN_ERROR_ARGUMENT(), "a number lies outside its range"),
  BUFFER_TOO_SMALL(BN_ERROR_BUFFER_TOO_SMALL(), "a buffer is too small"),
  UNKNOWN_KERNEL(BN_ERROR_UNKNOWN_KERNEL(), "no such kernel build"),
  KERNEL_NOT_RUNNABLE(
      BN_ERROR_KERNEL_NOT_RUNNABLE(), "this CPU or operating system cannot run the kernel build"),
  THREADS(BN_ERROR_THREADS(), "the operating system refused to start a thread"),
  HPARAMS(BN_ERROR_HPARAMS(), "hyperparameters are out of range or inconsistent"),
  TENSOR_SLOT(BN_ERROR_TENSOR_SLOT(), "a tensor has an unknown slot or layer"),
  TENSOR_DUPLICATE(BN_ERROR_TENSOR_DUPLICATE(), "a tensor is given twice"),
  TENSOR_MISSING(BN_ERROR_TENSOR_MISSING(), "a tensor is missing"),
  TENSOR_TYPE(BN_ERROR_TENSOR_TYPE(), "a tensor has a type or layout its slot does not take"),
  TENSOR_SHAPE(BN_ERROR_TENSOR_SHAPE(), "a tensor has the wrong shape"),
  TENSOR_RANGE(
      BN_ERROR_TENSOR_RANGE(), "a tensor's bytes lie outside its region or are misaligned"),
  TOKEN(BN_ERROR_TOKEN(), "a token id lies outside the vocabulary"),
  POSITION(BN_ERROR_POSITION(), "a position lies outside the context or is out of order"),
  SEQUENCE(BN_ERROR_SEQUENCE(), "a sequence index lies outside the page table"),
  PAGE(BN_ERROR_PAGE(), "a KV page is missing, outside the store, or written by two sequences"),
  MISMATCH(BN_ERROR_MISMATCH(), "handles belong to different models"),
  KERNEL_TABLE(BN_ERROR_KERNEL_TABLE(), "a field of a kernel table is wrong"),
  KERNEL_RESULT(BN_ERROR_KERNEL_RESULT(), "a kernel build does not give the right results"),
  KERNEL_LIMIT(BN_ERROR_KERNEL_LIMIT(), "there is no room for another kernel build"),
  TENSOR_VALUE(
      BN_ERROR_TENSOR_VALUE(),
      "a tensor has weights that are infinite, NaN or not what a type can hold");

  private final int code;
  private final String meaning;

  Status(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /**
   * Returns when {@code code} is {@link #OK}.
   *
   * @param doing what the call was for, such as "creating a KV cache of 64 pages"
   * @throws NativeException for any other code
   */
  static void check(int code, String doing) {
    if (code != OK.code) {
      throw failure(code, doing);
    }
  }

  static NativeException failure(int code, String doing) {
    for (Status status : values()) {
      if (status.code == code) {
        return new NativeException(doing + ": " + status.meaning + " (" + status + ")");
      }
    }
    return new NativeException(doing + ": unknown status " + code);
  }
}
