namespace Agents.Replication;

/// <summary>What a replication may say. Only full runs give one other than <see cref="Underpowered"/>.</summary>
public enum EffectVerdict
{
    /// <summary>The run is too small to say anything: every quick run, and full ones whose detectable effect is larger than the effect of interest.</summary>
    Underpowered = 0,

    /// <summary>The effect shows against every control.</summary>
    Shown = 1,

    /// <summary>The effect shows against some controls only; the explanation names which.</summary>
    ShownAgainstSome = 2,

    /// <summary>The effect does not show.</summary>
    NotShown = 3,
}
