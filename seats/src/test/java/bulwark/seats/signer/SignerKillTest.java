package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import bulwark.testkit.CurveKey;
import bulwark.testkit.CurveKey.Curve;
import bulwark.testkit.KmsServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The signer's process is killed at random moments while requests for one nonce and one validator race: whatever left it before, it remembers. {@code -Dbulwark.seats.kills=N} kills more often.
 */
@Timeout(1_800)
class SignerKillTest {
    private static final int KILLS = Integer.getInteger("bulwark.seats.kills", 20);
    private static final int DEPOSIT_EVERY = 4;
    /** With the key in KMS, which makes another signature, and so another transaction, whenever it is asked. */
    private static final int KMS_EVERY = 10;

    @TempDir
    Path folder;

    /** What left the signer, by what it may leave for only once. */
    private final Map<String, Set<String>> answers = new ConcurrentHashMap<>();

    private final Map<String, Integer> outcomes = new TreeMap<>();

    /** One that wants the nonce, another that wants it too, and the first one again under the next nonce. */
    private record Race(List<SigningRequest> requests) {}

    private static Race race(SignerUnderTest files, int round) {
        boolean deposit = round % DEPOSIT_EVERY == 0;
        Plan plan = files.plan(deposit ? PlanKind.DEPOSIT : PlanKind.APPROVE);
        Plan rival = files.plan(PlanKind.APPROVE);
        Plan again = deposit ? files.plans.plan(plan.action()) : plan;
        long nonce = 2L * round;
        return new Race(
                List.of(files.request(plan, nonce), files.request(rival, nonce), files.request(again, nonce + 1)));
    }

    @Test
    void no_kill_leads_to_two_transactions_for_a_nonce_or_a_plan_nor_to_two_deposits_of_a_key() throws Exception {
        SignerUnderTest files = new SignerUnderTest(folder, Map.of(), SignerUnderTest.local());
        files.liftRates();
        Random random = new Random(286);
        List<Race> races = new ArrayList<>();
        try (KmsServer kms = new KmsServer();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<String, String> inKms = inKms(kms);
            SigningRequest first = files.request(files.plan(PlanKind.APPROVE), Integer.MAX_VALUE);
            List<String> flags = SharedClasses.flags(folder, training -> {
                try (SignerChild child = SignerChild.start(files, List.of(), training, Map.of())) {
                    files.client().sign(first);
                    child.stop();
                }
            });
            for (int round = 0; round < KILLS; round++) {
                races.add(race(files, round));
                List<SigningRequest> burst = new ArrayList<>(races.getLast().requests());
                if (round > 0) {
                    burst.addAll(races.get(round - 1).requests());
                }
                Map<String, String> settings = round % KMS_EVERY == 1 ? inKms : Map.of();
                try (SignerChild child = SignerChild.start(files, List.of(), flags, settings)) {
                    killWithin(child, callers, files, burst, random);
                }
            }
            try (SignerChild child = SignerChild.start(files, List.of(), flags, Map.of())) {
                for (Race race : races) {
                    ask(callers, files, race.requests(), new CountDownLatch(0));
                    assertThat(race.requests().stream().anyMatch(this::isAnswered))
                            .as("what a kill interrupted is signed in the end")
                            .isTrue();
                }
                long transactions = answers.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("nonce "))
                        .count();
                assertThat(files.client().health().path("signed").asString())
                        .as("beside the one of the archive, nothing was signed that nobody got")
                        .isEqualTo(Long.toString(transactions + 1));
                child.stop();
            }
        }
        assertThat(answers).allSatisfy((what, raws) -> assertThat(raws).as(what).hasSize(1));
        assertThat(SigningJournal.fsck(folder.resolve("signer.db")).sentences()).isEmpty();
        System.out.println(KILLS + " kills of the signer: " + outcomes);
    }

    /** The same key as the local one, so that the same treasury signs. */
    private static Map<String, String> inKms(KmsServer kms) {
        byte[] number = HexFormat.of().parseHex(SignerUnderTest.KEY.substring(2));
        KmsServer.Key key = kms.importKey(CurveKey.of(Curve.ECC_SECG_P256K1, number));
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_OWNER_PRIVATE_KEY", "");
        settings.put("SEAT_MANAGER_KMS_KEY_ID", key.arn());
        settings.put("SEAT_MANAGER_KMS_ENDPOINT", kms.endpoint());
        settings.put("AWS_ACCESS_KEY_ID", KmsServer.ACCESS_KEY);
        settings.put("AWS_SECRET_ACCESS_KEY", KmsServer.SECRET_KEY);
        return settings;
    }

    private void killWithin(
            SignerChild child,
            ExecutorService callers,
            SignerUnderTest files,
            List<SigningRequest> burst,
            Random random)
            throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Future<?> asked = callers.submit(() -> {
            ask(callers, files, burst, go);
            return null;
        });
        long moment = random.nextLong(burst.stream().anyMatch(SignerKillTest::isDeposit) ? 900_000_000L : 250_000_000L);
        go.countDown();
        LockSupport.parkNanos(moment);
        child.kill();
        asked.get();
    }

    private void ask(ExecutorService callers, SignerUnderTest files, List<SigningRequest> requests, CountDownLatch go)
            throws Exception {
        List<Callable<String>> calls = new ArrayList<>();
        for (SigningRequest request : requests) {
            calls.add(() -> {
                go.await();
                return outcome(files, request);
            });
        }
        for (Future<String> outcome : callers.invokeAll(calls)) {
            outcomes.merge(outcome.get(), 1, Integer::sum);
        }
    }

    private String outcome(SignerUnderTest files, SigningRequest request) {
        try {
            String raw = files.client().sign(request).path("rawTransaction").asString();
            for (String what : claims(request)) {
                answers.computeIfAbsent(what, each -> ConcurrentHashMap.newKeySet())
                        .add(raw);
            }
            return "signed";
        } catch (SigningRefused e) {
            return e.code();
        }
    }

    private static List<String> claims(SigningRequest request) {
        List<String> claims = new ArrayList<>(
                List.of("nonce " + request.nonce(), "plan " + request.plan().digest()));
        if (request.plan().action() instanceof PlannedAction.Deposit deposit) {
            claims.add("deposit of " + deposit.pubkey());
        }
        return claims;
    }

    private static boolean isDeposit(SigningRequest request) {
        return request.plan().kind() == PlanKind.DEPOSIT;
    }

    private boolean isAnswered(SigningRequest request) {
        return answers.containsKey("nonce " + request.nonce());
    }
}
