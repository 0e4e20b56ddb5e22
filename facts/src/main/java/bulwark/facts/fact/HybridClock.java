package bulwark.facts.fact;

/**
 * A hybrid logical clock (Stigmem spec-12): never goes back, not even over a restart or a clock set back. Used on the writer
 * thread only; a rolled-back tick leaves a harmless gap.
 */
final class HybridClock {
    /** @param wall milliseconds since the epoch */
    record Stamp(long wall, int counter) {}

    private long wall;
    private int counter;

    Stamp tick(long nowMillis) {
        if (nowMillis > wall) {
            wall = nowMillis;
            counter = 0;
        } else if (counter == 999_999) {
            // The text form has six digits for the counter: borrow the next millisecond rather than sort wrongly.
            wall++;
            counter = 0;
        } else {
            counter++;
        }
        return new Stamp(wall, counter);
    }

    /** Continues after a stamp that is already in the store. */
    void atLeast(long storedWall, int storedCounter) {
        if (storedWall > wall || (storedWall == wall && storedCounter > counter)) {
            wall = storedWall;
            counter = storedCounter;
        }
    }

    /** Padded, so that text order is time order. */
    static String text(long wall, int counter) {
        StringBuilder out = new StringBuilder(20).append(wall);
        out.insert(0, "0".repeat(Math.max(0, 13 - out.length()))).append('.');
        String digits = Integer.toString(counter);
        return out.append("0".repeat(Math.max(0, 6 - digits.length())))
                .append(digits)
                .toString();
    }
}
