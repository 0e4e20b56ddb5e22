package bulwark.seats.send;

import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.approval.Approval;
import bulwark.seats.chain.CanonicalChain;
import bulwark.seats.chain.JsonRpcClient;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.signer.SignerClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/** A process that sends the plan of a folder, and stops for good at a step until it is killed. Its arguments are written by the test. */
final class SendingProcess {
    /** What is left of plans before this one is gone through first, and stops nowhere. */
    private static volatile boolean submitting;

    private SendingProcess() {}

    /** @param arguments folder, signer's socket, node, name of the step to stop at, seconds that the chain is ahead, then the canonical chain */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        URI node = URI.create(arguments[2]);
        try (SenderUnderTest seats = new SenderUnderTest(
                StoreLocation.file(folder.resolve("seats.db")),
                folder,
                canonical(arguments),
                new SignerClient(Path.of(arguments[1])),
                step -> {
                    if (submitting && step.name().equals(arguments[3])) {
                        stop(step);
                    }
                },
                node,
                node)) {
            seats.chainIsAhead(Duration.ofSeconds(Long.parseLong(arguments[4])));
            run(seats, folder.resolve("plan.json"), node);
        }
        say("DONE");
    }

    private static CanonicalChain canonical(String[] arguments) {
        return new CanonicalChain(
                286,
                new EvmAddress(arguments[5]),
                new EvmAddress(arguments[6]),
                new EvmAddress(arguments[7]),
                new EvmAddress(arguments[8]),
                arguments[9],
                arguments[10],
                arguments[11],
                Duration.ofHours(1));
    }

    private static void stop(SendStep step) {
        say("AT " + step);
        while (true) {
            LockSupport.park();
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static void run(SenderUnderTest seats, Path file, URI node) throws IOException {
        seats.reconciler.run();
        JsonNode json = StrictJson.parse(Files.readAllBytes(file));
        Plan plan = PlanReader.read(json.path("plan"));
        List<Approval> approvals = new ArrayList<>();
        json.path("approvals").forEach(each -> approvals.add(Approval.read(each)));
        submitting = true;
        seats.sender.submit(plan, approvals, "user:root", "request");
        if (plan.kind().isReplacement()) {
            try (JsonRpcClient miner = new JsonRpcClient(new RpcEndpoint("miner", node), Duration.ofSeconds(20))) {
                miner.call("evm_mine");
            }
        }
        seats.settle(plan);
    }
}
