package bulwark.seats.watch;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.seats.beacon.ScriptedBeacon;
import bulwark.seats.chain.LocalContracts;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.seat.SeatRows;
import bulwark.seats.signer.KillableProgram;
import bulwark.seats.signer.SharedClasses;
import bulwark.seats.store.SeatStore;
import bulwark.testkit.AnvilChain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watcher's process is killed at random moments while blocks and validators come: each seat takes each of its steps once. {@code -Dbulwark.seats.kills=N} kills more often. */
@Timeout(1_800)
class KilledWatcherTest {
    private static final int KILLS = Integer.getInteger("bulwark.seats.kills", 8);
    /** Two looks or so. */
    private static final long MAX_NANOS = 150_000_000;

    private static final EvmAddress BENEFICIARY = EvmAddress.of("0x" + "be".repeat(20));
    private static final int FIRST_SEED = 300;

    @TempDir
    Path folder;

    private final ScriptedBeacon one = new ScriptedBeacon("one");
    private final ScriptedBeacon two = new ScriptedBeacon("two");

    @Test
    void no_kill_makes_a_seat_take_a_step_twice_or_leave_one_out() throws Exception {
        Random random = new Random(286);
        List<DepositData> seats = new ArrayList<>();
        try (AnvilChain chain = AnvilChain.start();
                one;
                two) {
            LocalContracts contracts = new LocalContracts(chain);
            List<String> flags = SharedClasses.flags(folder, training -> run(chain, contracts, training, 3, 0));
            for (int i = 1; i <= KILLS; i++) {
                DepositData seat = contracts.made(FIRST_SEED + i, BENEFICIARY);
                try (SeatRows rows = new SeatRows(folder)) {
                    rows.create(i, HexText.of(seat.pubkey()), HexText.of(seat.credentials()));
                }
                if (i > 1) {
                    show(i - 1, seats.getLast());
                }
                seats.add(seat);
                contracts.approve(seat);
                contracts.deposit(seat);
                chain.call("anvil_mine", "0x28");
                run(chain, contracts, flags, 0, random.nextLong(MAX_NANOS));
            }
            show(KILLS, seats.getLast());
            run(chain, contracts, flags, 3, 0);
        }
        try (SeatRows rows = new SeatRows(folder)) {
            for (int i = 1; i <= KILLS; i++) {
                assertThat(rows.history(i))
                        .as("seat " + i)
                        .containsExactly("CREATED", "ALLOWLISTED", "DEPOSITED", "SEEN_BY_CL", "ACTIVE");
            }
            assertThat(rows.store.<List<Map<String, Object>>>read(AlertTable::shown))
                    .isEmpty();
        }
        assertThat(SeatStore.fsck(StoreLocation.file(folder.resolve("seats.db")))
                        .sentences())
                .isEmpty();
    }

    private void show(long index, DepositData seat) {
        for (ScriptedBeacon label : List.of(one, two)) {
            label.validator(index, HexText.of(seat.pubkey()), HexText.of(seat.credentials()), "active_ongoing");
        }
    }

    /** @param looks after which it ends by itself; 0 when it is killed @param after that many nanoseconds from its first look on */
    private void run(AnvilChain chain, LocalContracts contracts, List<String> flags, int looks, long after)
            throws IOException, InterruptedException {
        String wanted = looks == 0 ? "READY" : KillableProgram.DONE;
        KillableProgram.run(
                folder.resolve("process.log"),
                flags,
                WatchingProcess.class,
                List.of(
                        folder.toString(),
                        chain.uri().toString(),
                        contracts.gate.text(),
                        contracts.router.text(),
                        one.uri().toString(),
                        two.uri().toString(),
                        Integer.toString(looks)),
                wanted::equals,
                after);
    }
}
