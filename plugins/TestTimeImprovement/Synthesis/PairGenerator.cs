namespace Agents.Plugins.TestTimeImprovement.Synthesis;

/// <summary>Who writes the synthetic pairs.</summary>
public enum PairGenerator
{
    /// <summary>The model itself, unadapted (TT-SI): the model role <c>self-augmentation</c>, which is the default model unless the host binds it.</summary>
    Self = 0,

    /// <summary>The model bound to the role <c>teacher</c> (TT-D).</summary>
    Teacher = 1,
}
