package bulwark.gateway.snapshot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What makes one list out of another: an element that changed is removed and added at the same position. Immutable.
 *
 * @param removed positions in the list before, ascending
 * @param positions in the list after, ascending, of what is added
 */
record ListEdit(List<Integer> removed, List<Integer> positions) {
    ListEdit {
        removed = List.copyOf(removed);
        positions = List.copyOf(positions);
    }

    /** Short where what stays has kept its order. */
    static ListEdit between(List<String> before, List<String> after) {
        int from = 0;
        int both = Math.min(before.size(), after.size());
        while (from < both && before.get(from).equals(after.get(from))) {
            from++;
        }
        int tail = 0;
        while (tail < both - from && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        int end = before.size() - tail;
        Map<String, Integer> known = new HashMap<>();
        for (int i = from; i < end; i++) {
            known.put(before.get(i), i);
        }
        List<Integer> removed = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        int next = from;
        for (int at = from; at < after.size() - tail; at++) {
            int position = known.getOrDefault(after.get(at), -1);
            if (position < next) {
                positions.add(at);
                continue;
            }
            while (next < position) {
                removed.add(next++);
            }
            next = position + 1;
        }
        while (next < end) {
            removed.add(next++);
        }
        return new ListEdit(removed, positions);
    }

    boolean isEmpty() {
        return removed.isEmpty() && positions.isEmpty();
    }

    /**
     * The list after.
     *
     * @param added the element of each position of {@link #positions}, by its index there
     * @return empty when the positions are none of this list
     */
    <E> Optional<List<E>> apply(List<E> before, IntFunction<E> added) {
        List<E> after = new ArrayList<>(Math.max(0, before.size() - removed.size() + positions.size()));
        int from = 0;
        int taken = 0;
        for (int position : removed) {
            if (position < from || position >= before.size()) {
                return Optional.empty();
            }
            taken = keep(before, from, position, after, added, taken);
            from = position + 1;
        }
        taken = keep(before, from, before.size(), after, added, taken);
        while (taken < positions.size() && positions.get(taken) == after.size()) {
            after.add(added.apply(taken++));
        }
        return taken == positions.size() ? Optional.of(after) : Optional.empty();
    }

    /** Keeps elements of the list before, and puts between them what is added there. @return how much was added so far */
    private <E> int keep(List<E> before, int from, int to, List<E> after, IntFunction<E> added, int soFar) {
        int taken = soFar;
        int at = from;
        while (at < to) {
            int next = taken < positions.size() ? positions.get(taken) : Integer.MAX_VALUE;
            if (next == after.size()) {
                after.add(added.apply(taken++));
            } else if (next < after.size()) {
                return Integer.MAX_VALUE;
            } else {
                int until = (int) Math.min(to, at + (long) next - after.size());
                after.addAll(before.subList(at, until));
                at = until;
            }
        }
        return taken;
    }
}
