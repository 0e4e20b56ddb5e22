package bulwark.doctor.run;

import bulwark.doctor.client.FirstContact;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Verdict;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.report.ProbeResult;
import bulwark.kernel.error.PrintableText;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs probes, each on a virtual thread with its own deadline, a few at once, and all within one time. Whatever a target does, each selected probe has a result: one that did not end in time has an
 * {@link Verdict#ERROR}, and nobody waits for its thread. Used once.
 */
public final class ProbeRun {
    private static final int AT_ONCE = 8;
    private static final int MAX_SENTENCE = 600;
    private static final Duration STOP_INTERVAL = Duration.ofMillis(50);

    private final Visit visit;
    private final long end;
    private final Consumer<ProbeResult> progress;
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final Map<String, ProbeResult> results = new ConcurrentHashMap<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean complete = true;
    private volatile boolean stopped;

    /** @param progress told of each result, by several threads */
    public ProbeRun(Visit visit, Duration total, Consumer<ProbeResult> progress) {
        this.visit = visit;
        this.end = System.nanoTime() + total.toNanos();
        this.progress = progress;
    }

    /** Blocks until each has a result, at most until the time of the run is over. @return in the order of their ids */
    public List<ProbeResult> run(List<Probe> probes) throws InterruptedException {
        makeContact(probes);
        AtomicInteger left = new AtomicInteger(probes.size());
        if (probes.isEmpty()) {
            over.countDown();
        }
        List<Thread> threads = new ArrayList<>();
        for (Probe probe : probes) {
            threads.add(Thread.ofVirtual().name(probe.description().id()).start(() -> {
                try {
                    record(look(probe));
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                } finally {
                    if (left.decrementAndGet() == 0) {
                        over.countDown();
                    }
                }
            }));
        }
        if (!over.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS) || left.get() > 0) {
            complete = false;
            threads.forEach(Thread::interrupt);
        }
        for (Probe probe : probes) {
            if (!results.containsKey(probe.description().id())) {
                record(result(
                        probe.description(),
                        0,
                        notLooked(
                                stopped
                                        ? "the visit was ended before it"
                                        : "the time of the whole visit was over before it")));
            }
        }
        return results.values().stream()
                .sorted(Comparator.comparing(ProbeResult::id))
                .toList();
    }

    /** With what the probes will ask; ends early when the run is stopped. */
    private void makeContact(List<Probe> probes) throws InterruptedException {
        List<URI> addresses = visit.target()
                .addresses(probes.stream()
                        .map(Probe::description)
                        .filter(probe -> probe.requests() > 0)
                        .map(ProbeDescription::part)
                        .collect(Collectors.toSet()));
        Thread contact = Thread.ofVirtual().start(() -> FirstContact.with(visit.client(), addresses));
        while (!stopped && !contact.join(STOP_INTERVAL)) {
            // looks whether somebody stopped it meanwhile
        }
        contact.interrupt();
    }

    /** Ends the run at once, from any thread: each probe that has no result yet gets one that says so, and the run is not complete. */
    public void stop() {
        stopped = true;
        over.countDown();
    }

    /** False when the run was stopped, or its time was over, before the last probe had looked. */
    public boolean isComplete() {
        return complete;
    }

    private void record(ProbeResult result) {
        if (results.putIfAbsent(result.id(), result) == null) {
            progress.accept(result);
        }
    }

    private ProbeResult look(Probe probe) throws InterruptedException {
        ProbeDescription description = probe.description();
        slots.acquire();
        try {
            long from = System.nanoTime();
            Look look = new Look(probe, visit);
            Thread thread = Thread.ofVirtual().name("look " + description.id()).start(look);
            boolean inTime;
            try {
                inTime = thread.join(description.deadline());
            } finally {
                thread.interrupt();
            }
            Observed observed = inTime
                    ? look.observed()
                    : notLooked("no answer within " + description.deadline().toSeconds() + " s");
            return result(description, (System.nanoTime() - from) / 1_000_000, observed);
        } finally {
            slots.release();
        }
    }

    private static Observed notLooked(String reason) {
        return Observed.error("an observation", "could not look: " + reason);
    }

    private static ProbeResult result(ProbeDescription description, long tookMs, Observed observed) {
        return new ProbeResult(
                description.id(),
                description.title(),
                observed.verdict(),
                description.severity(),
                PrintableText.of(observed.expected(), MAX_SENTENCE),
                PrintableText.of(observed.seen(), MAX_SENTENCE),
                description.mend(),
                description.document(),
                description.requirements(),
                tookMs,
                null);
    }

    /** One look; what it threw is an observation too. */
    private static final class Look implements Runnable {
        private final Probe probe;
        private final Visit visit;
        private volatile @Nullable Observed observed;

        Look(Probe probe, Visit visit) {
            this.probe = probe;
            this.visit = visit;
        }

        @Override
        public void run() {
            try {
                observed = probe.observe(visit);
            } catch (ProbeNotApplicable reason) {
                observed = Observed.skip("a part to look at", String.valueOf(reason.getMessage()));
            } catch (Exception | StackOverflowError | LinkageError e) {
                observed = notLooked(sentence(e));
            }
        }

        private static String sentence(Throwable e) {
            String message = e.getMessage();
            return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
        }

        Observed observed() {
            Observed seen = observed;
            return seen == null ? notLooked("the probe ended without a word") : seen;
        }
    }
}
