package bulwark.kernel.evidence.tlog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What is asked of one tree. @param number of the tree, of which its leaves follow */
record RandomTree(int number, int size, int index, int earlier) {
    static List<RandomTree> some(int count, long seed) {
        Random random = new Random(seed);
        List<RandomTree> trees = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            int size = 1 + random.nextInt(number % 100 == 0 ? 600 : 48);
            trees.add(new RandomTree(number, size, random.nextInt(size), random.nextInt(size + 1)));
        }
        return trees;
    }

    List<byte[]> data() {
        List<byte[]> data = new ArrayList<>(size);
        for (int at = 0; at < size; at++) {
            data.add((number + ":" + at).getBytes(StandardCharsets.UTF_8));
        }
        return data;
    }
}
