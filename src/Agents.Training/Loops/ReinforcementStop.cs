namespace Agents.Training.Loops;

/// <summary>Why a reinforcement run ended. The numbers are exit codes: only a complete run is 0.</summary>
public enum ReinforcementStop
{
    /// <summary>All planned steps are done.</summary>
    Completed = 0,

    /// <summary>Many steps in a row had equal rewards in every group: nothing can be learned from them.</summary>
    NoSignal = 10,

    /// <summary>Many steps in a row had no completion that a verifier could judge.</summary>
    NothingScored = 11,

    /// <summary>Sampler and trainer disagree about the probabilities of fresh samples beyond the limit.</summary>
    SamplerMismatch = 12,

    /// <summary>Completions stayed much longer than at the start of the run.</summary>
    LengthRunaway = 13,

    /// <summary>Completions stayed much shorter than at the start of the run.</summary>
    LengthCollapse = 14,

    /// <summary>Completions repeated themselves much more than at the start of the run.</summary>
    Repetition = 15,

    /// <summary>Nearly all groups stayed without signal, although further prompts were drawn as far as allowed.</summary>
    DeadGroups = 16,
}
