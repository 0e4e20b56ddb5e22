// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DepositGate} from "../DepositGate.sol";
import {vm} from "./Cheats.sol";

/// Owner, successor and a stranger, with four keys among them.
contract GateActors {
    address constant STRANGER = address(0xBAD);

    DepositGate public gate;
    address public owner = address(0x0E1);
    uint256 public deposits;
    uint256 public consumed;
    bool public unlistedWentThrough;
    bool public keyTwice;
    bool public strangerGotThrough;
    mapping(bytes32 => bool) private deposited;

    constructor() {
        gate = new DepositGate(owner);
    }

    function key(uint256 choice) private pure returns (bytes memory) {
        bytes memory pubkey = new bytes(48);
        pubkey[0] = bytes1(uint8(choice % 4));
        return pubkey;
    }

    function allow(uint256 choice) external {
        vm.prank(owner);
        gate.addAllowedDepositFor(key(choice), new bytes(32), 32_000_000_000, owner);
    }

    function remove(uint256 choice) external {
        vm.prank(owner);
        gate.removeAllowedDeposit(key(choice), new bytes(32), 32_000_000_000, owner);
    }

    function deposit(uint256 choice) external {
        bytes memory pubkey = key(choice);
        bytes32 intent = gate.intentHash(pubkey, new bytes(32), 32_000_000_000, owner);
        bool listed = gate.allowedDeposits(intent);
        bytes32 root = dataRoot(pubkey);
        vm.deal(owner, 32 ether);
        vm.prank(owner);
        gate.deposit{value: 32 ether}(pubkey, new bytes(32), new bytes(96), root);
        deposits++;
        if (!listed) unlistedWentThrough = true;
        if (deposited[keccak256(pubkey)]) keyTwice = true;
        deposited[keccak256(pubkey)] = true;
        if (gate.consumedIntents(intent) && !gate.allowedDeposits(intent)) consumed++;
    }

    function handOver(uint256 to) external {
        address next = address(uint160(0x1000 + to % 3));
        vm.prank(owner);
        gate.transferOwnership(next);
        vm.prank(next);
        gate.acceptOwnership();
        owner = next;
    }

    function stranger(uint256 choice) external {
        bytes memory pubkey = key(choice);
        bytes[6] memory calls = [
            abi.encodeCall(DepositGate.addAllowedDepositFor, (pubkey, new bytes(32), 32_000_000_000, STRANGER)),
            abi.encodeCall(DepositGate.removeAllowedDeposit, (pubkey, new bytes(32), 32_000_000_000, owner)),
            abi.encodeCall(DepositGate.setPubkeyAllowlistEnabled, (false)),
            abi.encodeCall(DepositGate.executeAllowlistDisable, ()),
            abi.encodeCall(DepositGate.transferOwnership, (STRANGER)),
            abi.encodeCall(DepositGate.acceptOwnership, ())
        ];
        vm.prank(STRANGER);
        (bool through,) = address(gate).call(calls[choice % 6]);
        vm.deal(STRANGER, 32 ether);
        bytes32 root = dataRoot(pubkey);
        vm.prank(STRANGER);
        (bool taken,) = address(gate).call{value: 32 ether}(
            abi.encodeCall(DepositGate.deposit, (pubkey, new bytes(32), new bytes(96), root))
        );
        if (through || taken) strangerGotThrough = true;
    }

    function dataRoot(bytes memory pubkey) private pure returns (bytes32) {
        bytes32 pubkeyRoot = sha256(abi.encodePacked(pubkey, bytes16(0)));
        bytes32 signatureRoot =
            sha256(abi.encodePacked(sha256(new bytes(64)), sha256(abi.encodePacked(new bytes(32), bytes32(0)))));
        bytes8 amount = 0x0040597307000000;
        return sha256(
            abi.encodePacked(
                sha256(abi.encodePacked(pubkeyRoot, bytes32(0))),
                sha256(abi.encodePacked(amount, bytes24(0), signatureRoot))
            )
        );
    }
}

contract DepositGateTest {
    GateActors private actors;

    function setUp() public {
        actors = new GateActors();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actors);
    }

    function invariant_only_what_is_listed_is_deposited_and_each_intent_once() public view {
        require(!actors.unlistedWentThrough(), "not listed");
        require(!actors.keyTwice(), "key twice");
        require(actors.consumed() == actors.deposits(), "consumed");
    }

    function invariant_the_count_is_that_of_the_deposits_and_the_money_stays() public view {
        bytes memory count = actors.gate().get_deposit_count();
        require(uint8(count[0]) == actors.deposits(), "count");
        require(address(actors.gate()).balance == actors.deposits() * 32 ether, "money");
    }

    function invariant_nobody_else_gets_through() public view {
        require(!actors.strangerGotThrough(), "stranger");
    }
}
