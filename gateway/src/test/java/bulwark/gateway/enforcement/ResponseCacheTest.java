package bulwark.gateway.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.AnswerCopy;
import bulwark.gateway.call.CallPolicies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ResponseCacheTest {
    private static final int MIB = 1 << 20;

    private static ResponseCache.Key key(ResponseCache.Resource resource, int caller) {
        return new ResponseCache.Key(CallPolicies.NONE, resource, "a", Integer.toString(caller));
    }

    private static StoredAnswer answer(int bytes) {
        return new StoredAnswer(200, "text/plain", List.of(), new byte[bytes], Map.of(), 0, 0, 1_000);
    }

    @Test
    void answers_that_stop_half_way_take_no_more_than_their_part_of_the_cache() {
        ResponseCache cache = new ResponseCache(4 * MIB);
        AtomicInteger whole = new AtomicInteger();
        List<AnswerCopy> copies = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            AnswerCopy copy = new AnswerCopy(
                    MIB, cache.copies(), wanted -> true, complete -> whole.addAndGet(complete.body().length));
            copy.head(200, List.of());
            copies.add(copy);
        }
        byte[] piece = new byte[8 << 10];
        for (int sent = 0; sent < MIB / 2; sent += piece.length) {
            copies.forEach(copy -> copy.data(piece));
            assertThat(cache.copies().taken()).isLessThanOrEqualTo(MIB);
        }
        assertThat(copies.stream().filter(AnswerCopy::isTaking).count()).isLessThanOrEqualTo(2);
        copies.forEach(AnswerCopy::end);
        copies.forEach(AnswerCopy::drop);
        assertThat(cache.copies().taken()).isZero();
        assertThat(whole.get()).isLessThanOrEqualTo(MIB);
        AnswerCopy later =
                new AnswerCopy(MIB, cache.copies(), wanted -> true, complete -> whole.set(complete.body().length));
        later.head(200, List.of());
        later.data(piece);
        later.end();
        assertThat(whole).hasValue(piece.length);
        assertThat(cache.copies().taken()).isZero();
    }

    @Test
    void a_copy_that_was_dropped_stays_dropped() {
        ResponseCache cache = new ResponseCache(4 * MIB);
        AnswerCopy copy = new AnswerCopy(MIB, cache.copies(), wanted -> true, complete -> {
            throw new AssertionError("dropped");
        });
        copy.drop();
        copy.head(200, List.of());
        copy.data(new byte[1_000]);
        copy.end();
        assertThat(cache.copies().taken()).isZero();
    }

    /** Keys of one resource push one another out while they are kept, so that keeping and removing meet. */
    @Test
    void what_is_kept_while_others_are_pushed_out_is_found_by_an_invalidation() throws Exception {
        ResponseCache cache = new ResponseCache(20_000);
        ResponseCache.Resource resource = new ResponseCache.Resource("own", "/x");
        for (int round = 0; round < 300; round++) {
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(thread -> Thread.ofPlatform().start(() -> {
                        for (int i = 0; i < 100; i++) {
                            cache.keep(key(resource, (i * 7 + thread) % 12), answer(2_000), cache.moment(resource), 0);
                        }
                    }))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            cache.invalidate(resource);
            for (int caller = 0; caller < 12; caller++) {
                assertThat(cache.find(key(resource, caller))).isEmpty();
            }
        }
    }
}
