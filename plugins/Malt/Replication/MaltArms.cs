namespace Agents.Plugins.Malt.Replication;

/// <summary>Names of the arms. "+MV3" is a vote of three passes.</summary>
internal static class MaltArms
{
    /// <summary>One answer of the untrained model.</summary>
    public const string Single = "SA";

    /// <summary>Three answers.</summary>
    public const string SingleVote = "SA+MV3";

    /// <summary>Nine answers: as many calls as the pipelines with a vote.</summary>
    public const string SingleNine = "SA+MV9";

    /// <summary>One untrained pass.</summary>
    public const string Agents = "MA";

    /// <summary>Three untrained passes.</summary>
    public const string AgentsVote = "MA+MV3";

    /// <summary>All roles trained on positives only.</summary>
    public const string Star = "STaR-MA+MV3";

    /// <summary>The method without the vote.</summary>
    public const string MaltSingle = "MALT";

    /// <summary>The method.</summary>
    public const string Malt = "MALT+MV3";

    /// <summary>The method with an empty critique in place of the trained verifier's.</summary>
    public const string EmptyCritique = "MALT+MV3, empty critique";

    /// <summary>Trained on values that were shuffled between siblings.</summary>
    public const string Shuffled = "MALT+MV3, shuffled values";

    /// <summary>The trained generator alone, nine answers.</summary>
    public const string GeneratorNine = "trained G+MV9";

    /// <summary>The method with an untrained generator.</summary>
    public const string UntrainedGenerator = "MALT+MV3, untrained G";

    /// <summary>The method with an untrained verifier.</summary>
    public const string UntrainedVerifier = "MALT+MV3, untrained V";

    /// <summary>The method with an untrained refiner.</summary>
    public const string UntrainedRefiner = "MALT+MV3, untrained R";
}
