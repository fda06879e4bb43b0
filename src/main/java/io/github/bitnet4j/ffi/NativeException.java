package io.github.bitnet4j.ffi;

/**
 * The native engine refused a call. The message names what was being done and why it was refused;
 * nothing has been changed.
 */
public final class NativeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NativeException(String message) {
    super(message);
  }
}
