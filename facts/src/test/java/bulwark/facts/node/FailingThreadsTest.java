package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.facts.FactsFixture;
import bulwark.facts.chain.DerivedCheck;
import bulwark.facts.chain.FactChain;
import bulwark.kernel.concurrent.EssentialThread;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An Error ends no thread that watches over evidence: its work begins again, and health says that it failed. */
@Timeout(90)
class FailingThreadsTest {
    @TempDir
    Path folder;

    private final AtomicInteger calls = new AtomicInteger();
    private FactsFixture facts;

    @BeforeEach
    void open() {
        facts = new FactsFixture(folder);
    }

    @AfterEach
    void close() {
        facts.close();
    }

    /** Fails with an Error the first time. */
    private Supplier<List<String>> failingOnce() {
        return () -> {
            if (calls.incrementAndGet() == 1) {
                throw new StackOverflowError("made up");
            }
            return List.of();
        };
    }

    private void worksAgain(String thread) {
        await().atMost(Duration.ofSeconds(60)).until(() -> calls.get() >= 2);
        assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains(thread));
    }

    @Test
    void the_rescan_of_the_chain_goes_on() {
        List<DerivedCheck> derived = List.of(DerivedCheck.ofOneRead("made_up", failingOnce()));
        try (FactChain chain = facts.anotherChain(Duration.ZERO, derived)) {
            chain.start();
            worksAgain("fact-chain-rescan");
        }
    }

    @Test
    void the_watch_over_access_rows_goes_on() {
        try (AccessWatch watch = AccessWatch.start(failingOnce(), facts.audit, facts.metrics, Duration.ofMillis(20))) {
            worksAgain("access-watch");
        }
    }
}
