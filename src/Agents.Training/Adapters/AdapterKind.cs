namespace Agents.Training.Adapters;

/// <summary>What is trained beside a frozen weight (papers/00-model-architecture §7).</summary>
public enum AdapterKind
{
    /// <summary>Two factors: y = W·x + s·B·(A·x). With rank stabilization, s = α/√r instead of α/r.</summary>
    Lora = 0,

    /// <summary>Factors and a magnitude m per output: y = m/‖V‖ ⊙ V·x with V = W + s·B·A and ‖V‖ per row.</summary>
    Dora = 1,
}
