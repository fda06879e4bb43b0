package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankQueueTest {
  @ParameterizedTest
  @ValueSource(ints = {16, 100_000})
  void givesTheLowestRankAndThenTheLeftmost(int expectedItems) {
    var random = new Random(expectedItems);
    for (int bound : new int[] {1, 2, 100, 5000, 1 << 20, Integer.MAX_VALUE}) {
      var queue = new RankQueue(expectedItems);
      var sorted = new PriorityQueue<Long>();
      for (int i = 0; i < 5000; i++) {
        if (random.nextInt(5) < 3) {
          int rank = random.nextInt(bound);
          int position = random.nextInt(1000);
          queue.add(rank, position);
          sorted.add((long) rank << 32 | position);
        } else {
          assertEquals(polled(sorted), queue.poll());
        }
      }
      while (!sorted.isEmpty()) {
        assertEquals(polled(sorted), queue.poll());
      }
      assertEquals(RankQueue.NONE, queue.poll());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100_000})
  void isEmptyOnceCleared(int expectedItems) {
    var queue = new RankQueue(expectedItems);
    queue.add(7, 1);
    queue.add(7, 2);
    queue.add(9000, 3);
    queue.poll();
    queue.add(6, 4);
    queue.clear();
    assertEquals(RankQueue.NONE, queue.poll());
    queue.add(0, 5);
    assertEquals(5, queue.poll());
  }

  private static long polled(PriorityQueue<Long> sorted) {
    return sorted.isEmpty() ? RankQueue.NONE : sorted.poll();
  }
}
