package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The encrypted key of a seat, as validator clients take it; its password is the signer's and is not printed. */
@Command(
        name = "keystore",
        description = "Print the encrypted file (EIP-2335) of a key that the signer made; the audit log tells of it.")
final class SeatKeystoreCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "SEAT", description = "Id of the seat: a decimal number.")
    private String seat = "";

    SeatKeystoreCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        String path = "/owner/seats/" + OwnerRequest.seat(seat) + "/keystore";
        context.out()
                .println(StrictJson.text(
                        OwnerRequest.answer(context, path, Map.of()).path("keystore")));
        return ExitCode.DONE.plain();
    }
}
