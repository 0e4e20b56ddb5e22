package bulwark.tasks;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Bytes that are almost right: the same ones for the same number, so that what they find can be reproduced. */
public final class Mutations {
    private Mutations() {}

    public static Stream<byte[]> of(byte[] seed, long number, int count) {
        Random random = new Random(number);
        return IntStream.range(0, count).mapToObj(i -> mutated(seed, random));
    }

    public static byte[] mutated(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
        }
        return bytes;
    }
}
