package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.error.CommandFailed;
import bulwark.seats.signer.SignerClient;
import bulwark.seats.signer.SigningRefused;

/** A local key of the treasury never stands beside a service that others than this machine reach. */
final class SeatPublicInterface {
    /** The launcher's word for a secret that stood in front of the start line, and that this process does not have. */
    private static final String HANDED_OVER = "BULWARK_HANDED_OVER";

    private SeatPublicInterface() {}

    /** @throws CommandFailed when the service would bind more than loopback, and the launcher took a key from its start line or its signer has a local key */
    static void refuseBesideLocalKey(CommandContext context, Configuration settings) {
        if (Loopback.isLoopback(settings.text("SEAT_MANAGER_HOST"))) {
            return;
        }
        if (SeatSignerCommand.OWNER_KEY.equals(context.environment().get(HANDED_OVER))
                || hasLocalKey(context, settings.text("SEAT_MANAGER_SIGNER_SOCKET"))) {
            throw CommandFailed.usage(
                    "SEAT_MANAGER_HOST is not loopback, and a signer with a local key stands beside this"
                            + " service: bind 127.0.0.1 behind a proxy, or have the signer use KMS or a token");
        }
    }

    private static boolean hasLocalKey(CommandContext context, String socket) {
        try {
            return new SignerClient(context.directory().resolve(socket))
                    .health()
                    .path("backend")
                    .asString("")
                    .equals("local");
        } catch (SigningRefused noSigner) {
            return false;
        }
    }
}
