// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {WithdrawalVault} from "../WithdrawalVault.sol";
import {vm, ExitRequests} from "./Cheats.sol";

/// Everybody who may touch a vault, in any order.
contract VaultActors {
    address constant BENEFICIARY = address(0xB0B);
    address constant TREASURY = address(0x7EA);
    address constant STRANGER = address(0xBAD);

    WithdrawalVault public vault;
    uint256 public cameIn;
    uint256 public paidToBeneficiary;
    uint256 public paidWhileRunning;
    uint256 public exits;
    bool public strangerGotThrough;
    bool public principalWentToBeneficiary;
    bool public claimWithoutDelay;
    uint256 private initiatedAt;
    uint256 private now_ = 1_800_000_000;

    constructor() {
        bytes memory pubkey = new bytes(48);
        vm.warp(now_);
        vault = new WithdrawalVault(TREASURY, BENEFICIARY, pubkey, 32 ether, 1 days, 2 ether);
        vm.etch(vault.EXIT_REQUESTS(), type(ExitRequests).runtimeCode);
    }

    /// As the consensus layer pays: no code of the vault runs.
    function withdraw(uint256 wei_) external {
        wei_ = wei_ % 40 ether;
        cameIn += wei_;
        vm.deal(address(vault), address(vault).balance + wei_);
    }

    function sweep() external {
        cameIn += 32 ether;
        vm.deal(address(vault), address(vault).balance + 32 ether);
    }

    function send(uint256 wei_) external {
        wei_ = wei_ % 1 ether;
        vm.deal(address(this), wei_);
        (bool taken,) = address(vault).call{value: wei_}("");
        if (taken) cameIn += wei_;
    }

    function pass(uint256 seconds_) external {
        now_ += seconds_ % 20 days;
        vm.warp(now_);
    }

    function initiate(uint256 wei_) external {
        vm.prank(BENEFICIARY);
        vault.initiateClaimRewards(wei_ % 3 ether);
        initiatedAt = now_;
    }

    function finalize() external {
        uint256 before = BENEFICIARY.balance;
        uint256 balance = address(vault).balance;
        vm.prank(BENEFICIARY);
        vault.finalizeClaimRewards();
        uint256 got = BENEFICIARY.balance - before;
        paidToBeneficiary += got;
        paidWhileRunning += got;
        if (now_ < initiatedAt + 1 days) claimWithoutDelay = true;
        if (balance >= 32 ether || vault.claimedInPeriodWei() > 2 ether) principalWentToBeneficiary = true;
    }

    function cancelClaim() external {
        vm.prank(BENEFICIARY);
        vault.cancelClaimRewards();
    }

    function propose() external {
        uint256 claimed = vault.rewardsClaimedWei();
        vm.prank(TREASURY);
        vault.proposeSettlement(claimed);
    }

    function cancelSettlement() external {
        vm.prank(TREASURY);
        vault.cancelSettlement();
    }

    function finalizeSettlement() external {
        vm.prank(TREASURY);
        vault.finalizeSettlement();
    }

    function claimPrincipal() external {
        vm.prank(TREASURY);
        vault.claimPrincipal();
    }

    function claimRewards() external {
        uint256 before = BENEFICIARY.balance;
        vm.prank(BENEFICIARY);
        vault.claimRewards();
        paidToBeneficiary += BENEFICIARY.balance - before;
        if (address(vault).balance < 32 ether - vault.principalClaimedWei()) principalWentToBeneficiary = true;
    }

    function drain() external {
        vm.prank(TREASURY);
        vault.drainRemainder();
    }

    /// The fee comes from what the caller sends, and what is left of it goes back.
    function exit(uint256 cap) external {
        cap = cap % 2000;
        vm.deal(TREASURY, TREASURY.balance + cap);
        uint256 held = address(vault).balance;
        vm.prank(TREASURY);
        vault.triggerValidatorExit{value: cap}();
        exits++;
        require(address(vault).balance == held);
    }

    function stranger(uint256 choice) external {
        bytes[12] memory calls = [
            abi.encodeCall(WithdrawalVault.initiateClaimRewards, (1)),
            abi.encodeCall(WithdrawalVault.finalizeClaimRewards, ()),
            abi.encodeCall(WithdrawalVault.cancelClaimRewards, ()),
            abi.encodeCall(WithdrawalVault.proposeSettlement, (type(uint256).max)),
            abi.encodeCall(WithdrawalVault.cancelSettlement, ()),
            abi.encodeCall(WithdrawalVault.finalizeSettlement, ()),
            abi.encodeCall(WithdrawalVault.claimPrincipal, ()),
            abi.encodeCall(WithdrawalVault.claimRewards, ()),
            abi.encodeCall(WithdrawalVault.drainRemainder, ()),
            abi.encodeCall(WithdrawalVault.triggerValidatorExit, ()),
            abi.encodeCall(WithdrawalVault.proposeBeneficiary, (STRANGER)),
            abi.encodeCall(WithdrawalVault.acceptBeneficiary, ())
        ];
        vm.prank(STRANGER);
        (bool through,) = address(vault).call(calls[choice % 12]);
        if (through) strangerGotThrough = true;
    }
}

contract WithdrawalVaultTest {
    VaultActors private actors;

    function setUp() public {
        actors = new VaultActors();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actors);
    }

    function invariant_what_came_in_is_what_is_there_and_what_was_claimed() public view {
        WithdrawalVault vault = actors.vault();
        require(vault.totalLifetimeWei() == actors.cameIn(), "conservation");
        require(
            address(vault).balance + vault.principalClaimedWei() + vault.rewardsClaimedWei() == actors.cameIn(),
            "conservation by members"
        );
    }

    function invariant_principal_is_32_at_most_and_never_the_beneficiarys() public view {
        require(actors.vault().principalClaimedWei() <= 32 ether, "principal");
        require(!actors.principalWentToBeneficiary(), "beneficiary took principal");
        require(actors.paidToBeneficiary() <= actors.vault().rewardsClaimedWei(), "rewards");
    }

    function invariant_a_claim_waits_and_nobody_else_gets_through() public view {
        require(!actors.claimWithoutDelay(), "delay");
        require(!actors.strangerGotThrough(), "stranger");
    }
}
