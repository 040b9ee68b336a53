using Agents.Verification;

namespace Agents.Training.Rewards;

/// <summary>One verifier of a composed reward.</summary>
/// <param name="Name">Stable name of the component in tables and logs.</param>
/// <param name="Verifier">Judges completions; partial credit is its score in [0, 1].</param>
/// <param name="Weight">Factor of the score in the reward. Default 1.</param>
public sealed record RewardComponent(string Name, IVerifier Verifier, double Weight = 1);
