package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.up.ChildProgram;
import bulwark.app.up.ChildSpec;
import bulwark.app.up.ProvisionedPart;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Seats on a chain of their own, both fresh at each start, in a folder beside the one of other starts. The chain is another program, whose classes this one never loads. */
record SeatsDevnet(Path folder, Path tools, List<Path> jars, int port) implements ProvisionedPart {
    static final String FOLDER = "seats-devnet";

    /** Written by the chain once it is ready. */
    static final String PID_FILE = "devnet.pid";

    private static final String MAIN = "bulwark.devnet.DevnetProgram";
    private static final Set<String> DEPLOYED = Set.of("production", "staging");

    /** @throws CommandFailed in a place for production, and when the programs of a chain are not there */
    static SeatsDevnet provision(Path folder, int port, CommandContext context) throws IOException {
        for (String name : List.of("SEAT_MANAGER_ENV", "NODE_ENV")) {
            if (DEPLOYED.contains(context.environment().getOrDefault(name, ""))) {
                throw CommandFailed.usage(
                        "--devnet keeps the key of a treasury in a file and forgets its chain at the end,"
                                + " and " + name + " says "
                                + context.environment().get(name)
                                + ": unset it on a machine of your own, or leave --devnet away");
            }
        }
        Path home = Path.of(System.getProperty("bulwark.home", ".bulwark")).toAbsolutePath();
        List<Path> jars = Stream.of("devnet.jar", "testkit.jar")
                .map(home.resolve("program")::resolve)
                .toList();
        if (!jars.stream().allMatch(Files::isRegularFile)) {
            throw CommandFailed.usage("--devnet needs the local chain, which is not part of an installed program: start"
                    + " ./bulwark up --devnet in a copy of the sources");
        }
        Path tools = home.resolve("tools/chain");
        if (!Files.isDirectory(tools.resolve("node_modules/@ethereumjs/client"))) {
            throw CommandFailed.usage("--devnet needs the execution client of npm, which is not in " + tools
                    + ": start it as ./bulwark up --devnet, which fetches it with npm (Node 20 or newer)");
        }
        refuseBesideAnother(folder);
        clear(folder);
        OwnerOnlyFiles.createDirectories(folder.resolve(SeatsPart.SIGNER));
        return new SeatsDevnet(folder, tools, jars, port);
    }

    /** Its folder is not emptied under a chain that runs. */
    private static void refuseBesideAnother(Path folder) throws IOException {
        if (PidFile.inspect(folder.resolve(PID_FILE)) instanceof PidFile.State.Running running) {
            throw CommandFailed.usage("the chain of another up --devnet runs in " + folder + ", process "
                    + running.pid() + ": stop that one with Ctrl-C, or give this one a folder of its own with --state");
        }
    }

    /** What an earlier chain left is of no use without it. */
    private static void clear(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public List<ChildSpec> children() {
        Map<String, String> environment = Map.of("SEAT_MANAGER_PORT", Integer.toString(port));
        return List.of(
                ChildSpec.of("devnet", folder, Map.of("CHAIN_TOOLS_HOME", tools.toString()), folder.toString())
                        .running(
                                new ChildProgram(jars, MAIN),
                                "Its chain is gone with it: stop up with Ctrl-C and start up --devnet again"),
                ChildSpec.of("seats", folder, environment, SeatsPart.COMMAND.toArray(String[]::new))
                        .afterOthers(),
                ChildSpec.of(
                                SeatsPart.SIGNER,
                                folder.resolve(SeatsPart.SIGNER),
                                Map.of(),
                                SeatsPart.SIGNER_COMMAND.toArray(String[]::new))
                        .afterOthers());
    }

    @Override
    public List<String> welcome() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "  seats   http://localhost:" + port
                        + "   devnet: a chain of its own, gone with Ctrl-C; anna and ben can sign in (the file passwords) and approve");
        lines.add(
                "    # in a second terminal, block by block: the folder of the treasury, and what is missing for writes: nothing");
        lines.add("    cd '" + folder + "' && PATH=\"" + programs() + ":$PATH\"");
        lines.add("    seat-manager status");
        lines.addAll(step("1. the intent on the list of the deposit contract", "approve", "ALLOWLISTED"));
        lines.addAll(step("2. the deposit of 32 coins, which cannot be undone", "deposit", "DEPOSITED"));
        lines.add("    # the validator is active half a minute later: seat-manager seat show 1 --until ACTIVE");
        lines.add("");
        return lines;
    }

    private static List<String> step(String what, String action, String until) {
        String plan = action + ".json";
        return List.of(
                "    # " + what + ": planned, read in words, approved by two people, sent, seen on the chain",
                "    seat-manager seat " + action + " 1 --json > " + plan,
                "    seat-manager plan explain " + plan,
                "    for person in anna ben; do seat-manager approve " + plan
                        + " --key $person.key > $person.json && seat-manager plan add-approval $person.json; done",
                "    seat-manager seat " + action + " 1 --send --plan " + plan,
                "    seat-manager seat show 1 --until " + until);
    }

    private static Path programs() {
        return Path.of(System.getProperty("bulwark.repository", ""))
                .toAbsolutePath()
                .resolve("bin");
    }
}
