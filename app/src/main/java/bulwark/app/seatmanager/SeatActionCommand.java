package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The actions of a seat as the owner of the machine asks for them, over the socket of the running service. */
@Command(
        name = "seat",
        description = "Plan what is done about a seat on the chain, send a plan that was approved, or look at a seat.",
        subcommands = {
            SeatShowCommand.class,
            SeatKeystoreCommand.class,
            SeatActionCommand.Generate.class,
            SeatActionCommand.CreateWithVault.class,
            SeatActionCommand.Approve.class,
            SeatActionCommand.Deposit.class,
            SeatActionCommand.Settle.class,
            SeatActionCommand.ForceExit.class
        })
final class SeatActionCommand extends CommandGroup {
    SeatActionCommand(CommandContext context) {
        super(context);
    }

    /** Both or neither: what is sent is named by what people approved. */
    static final class Sending {
        @Option(names = "--send", required = true, description = "Have an approved plan signed and sent.")
        private boolean send;

        @Option(
                names = "--plan",
                required = true,
                paramLabel = "PLAN",
                description = "The plan that is sent: its digest, 64 hexadecimal digits, or the file that holds it.")
        private String plan = "";
    }

    /** What the actions of one seat have in common. */
    abstract static class OfSeat implements Callable<Integer> {
        private final CommandContext context;
        private final String action;

        @Parameters(paramLabel = "SEAT", description = "Id of the seat: a decimal number.")
        private String seat = "";

        @ArgGroup(exclusive = false)
        private @Nullable Sending sending;

        @Option(names = "--json", description = "Print the whole answer, which plan explain reads from standard input.")
        private boolean json;

        OfSeat(CommandContext context, String action) {
            this.context = context;
            this.action = action;
        }

        /** Members of the body beside those of sending. */
        void fill(Map<String, Object> body) {}

        @Override
        public Integer call() {
            Map<String, Object> body = new LinkedHashMap<>();
            fill(body);
            Sending given = sending;
            if (given != null) {
                body.put("send", given.send);
                body.put("plan", SeatPlanFiles.digest(context, given.plan));
            }
            return OwnerRequest.post(context, "/owner/seats/" + OwnerRequest.seat(seat) + "/" + action, body, json);
        }
    }

    @Command(
            name = "approve",
            description =
                    "Plan the intent of a seat on the list of the deposit contract; --send has its approved plan sent.")
    static final class Approve extends OfSeat {
        Approve(CommandContext context) {
            super(context, "approve");
        }
    }

    @Command(name = "deposit", description = "Plan the deposit of the principal; --send has its approved plan sent.")
    static final class Deposit extends OfSeat {
        Deposit(CommandContext context) {
            super(context, "deposit");
        }
    }

    @Command(
            name = "settle",
            description = "Plan a step of the settlement of a seat's vault; --send has its approved plan sent.")
    static final class Settle extends OfSeat {
        @Option(
                names = "--step",
                required = true,
                paramLabel = "STEP",
                description = "One of propose, finalize and cancel.")
        private String step = "";

        Settle(CommandContext context) {
            super(context, "settle");
        }

        @Override
        void fill(Map<String, Object> body) {
            body.put("step", step);
        }
    }

    @Command(
            name = "force-exit",
            description = "Plan the exit of a validator without its key; --send has its approved plan sent.")
    static final class ForceExit extends OfSeat {
        @Option(names = "--max-fee-wei", paramLabel = "WEI", description = "The most that the exit may cost.")
        private @Nullable String fee;

        ForceExit(CommandContext context) {
            super(context, "force-exit");
        }

        @Override
        void fill(Map<String, Object> body) {
            if (fee != null) {
                body.put("maxFeeWei", fee);
            }
        }
    }

    @Command(
            name = "create-with-vault",
            description = "Make a seat for the key of an operator, and plan the vault that it withdraws to.")
    static final class CreateWithVault extends NewSeat {
        @Option(names = "--pubkey", required = true, paramLabel = "KEY", description = "Public key: 0x and 96 digits.")
        private String pubkey = "";

        CreateWithVault(CommandContext context) {
            super(context, "with-vault");
        }

        @Override
        void fill(Map<String, Object> body) {
            body.put("pubkey", pubkey);
        }
    }

    @Command(
            name = "generate",
            description =
                    "Make a seat whose key the signer derives from its mnemonic, and plan the vault that it withdraws"
                            + " to; --json also prints the encrypted keystore.")
    static final class Generate extends NewSeat {
        Generate(CommandContext context) {
            super(context, "generate");
        }

        @Override
        void fill(Map<String, Object> body) {
            // The signer chooses the key.
        }
    }

    /** What new seats have in common. */
    abstract static class NewSeat implements Callable<Integer> {
        private final CommandContext context;
        private final String action;

        @Option(names = "--operator", required = true, paramLabel = "ID", description = "Id of the operator.")
        private String operator = "";

        @Option(
                names = "--beneficiary",
                required = true,
                paramLabel = "ADDRESS",
                description = "Wallet that rewards belong to.")
        private String beneficiary = "";

        @Option(names = "--claim-delay", paramLabel = "SECONDS", description = "Delay of claims, 3600 to 2592000.")
        private @Nullable Integer delay;

        @Option(names = "--max-claim-wei", paramLabel = "WEI", description = "The most that may be claimed in 30 days.")
        private @Nullable String most;

        @Option(names = "--json", description = "Print the whole answer, which plan explain reads from standard input.")
        private boolean json;

        NewSeat(CommandContext context, String action) {
            this.context = context;
            this.action = action;
        }

        /** Members of the body beside those of the vault. */
        abstract void fill(Map<String, Object> body);

        @Override
        public Integer call() {
            Map<String, Object> body = new LinkedHashMap<>();
            fill(body);
            body.put("operatorId", operator);
            body.put("beneficiary", beneficiary);
            if (delay != null) {
                body.put("claimDelaySeconds", delay);
            }
            if (most != null) {
                body.put("maxClaimPerPeriodWei", most);
            }
            return OwnerRequest.post(context, "/owner/seats/" + action, body, json);
        }
    }
}
