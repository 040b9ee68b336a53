namespace Agents.Runtime.Budgets;

/// <summary>Tokens set aside for calls that start.</summary>
/// <param name="OutputLimit">Most tokens that each call may write; null without any limit.</param>
/// <param name="Held">Tokens set aside for each call, prompt included; 0 without a token limit.</param>
/// <param name="Caller">Strategy that reads a stream; null for calls that end by themselves.</param>
public readonly record struct TokenReservation(int? OutputLimit, long Held = 0, BudgetCaller? Caller = null);
