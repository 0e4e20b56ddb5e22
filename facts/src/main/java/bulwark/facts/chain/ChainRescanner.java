package bulwark.facts.chain;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The background thread of the chain: verifies at start, then walks everything at an interval, a page at a time. */
final class ChainRescanner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChainRescanner.class);
    private static final int PAGE = 250;
    private static final Duration PAUSE = Duration.ofMillis(25);
    private static final Duration TICK = Duration.ofSeconds(5);
    static final String TENANT = "default";

    private final FactChain chain;
    private final Store store;
    private final Clock clock;
    private final ChainCheckpoints checkpoints;
    private final Duration interval;
    private final List<DerivedCheck> derived;
    private final CountDownLatch stop = new CountDownLatch(1);
    private @Nullable EssentialThread thread;

    /** @param derived compared after the chain, in this order */
    ChainRescanner(
            FactChain chain,
            Store store,
            Clock clock,
            ChainCheckpoints checkpoints,
            Duration interval,
            List<DerivedCheck> derived) {
        this.chain = chain;
        this.store = store;
        this.clock = clock;
        this.checkpoints = checkpoints;
        this.interval = interval;
        List<DerivedCheck> all = new ArrayList<>();
        all.add(new DerivedCheck("projection_mismatch", () -> ProjectionCheck.pages(store, TENANT)));
        all.addAll(derived);
        this.derived = List.copyOf(all);
    }

    void start() {
        EssentialThread background = EssentialThread.platform("fact-chain-rescan", this::loop);
        background.thread().setPriority(Thread.MIN_PRIORITY);
        thread = background;
        background.start();
    }

    private void loop() {
        atStart();
        Instant next = clock.instant().plus(interval);
        while (!stopped(TICK)) {
            try {
                checkpoints.anchorQuietHeads();
                if (!clock.instant().isBefore(next)) {
                    run(PAUSE);
                    next = clock.instant().plus(interval);
                }
            } catch (RuntimeException e) {
                LOG.error("re-scan of the fact chain failed; it is tried again", e);
            }
        }
    }

    private void atStart() {
        try {
            compareWithLog();
            chain.verify(TENANT);
        } catch (ApiRefusal alreadyReported) {
            LOG.debug("the chain did not verify at start", alreadyReported);
        } catch (RuntimeException e) {
            LOG.error("verification at start failed", e);
        }
    }

    /** One whole walk on state of its own: the verified prefix of the chain is not trusted here. */
    void run(Duration pause) {
        ChainWalk walk = new ChainWalk(TENANT);
        ChainWalk.Step step;
        do {
            step = store.read(tx -> walk.step(tx, PAGE));
            if (step.finding() != null) {
                chain.report(step.finding(), TENANT);
                return;
            }
        } while (!step.end() && !stopped(pause));
        compareWithLog();
        for (DerivedCheck check : derived) {
            compare(check, pause, walk.seq());
        }
    }

    private void compare(DerivedCheck check, Duration pause, long seq) {
        DerivedCheck.Pages pages = check.walk().get();
        while (stop.getCount() > 0) {
            List<String> broken = pages.next();
            if (broken == null) {
                return;
            }
            for (String sentence : broken) {
                LOG.error("{}", sentence);
                chain.report(new ChainFinding(check.reason(), null, seq), TENANT);
            }
            if (stopped(pause)) {
                return;
            }
        }
    }

    private void compareWithLog() {
        checkpoints.check().stream().findFirst().ifPresent(chain::distrust);
    }

    private boolean stopped(Duration wait) {
        try {
            return stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        stop.countDown();
        EssentialThread running = thread;
        if (running != null) {
            running.awaitEnd(Duration.ofSeconds(10));
        }
    }
}
