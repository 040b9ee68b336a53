using System.Net;
using Microsoft.AspNetCore.Http;

namespace Agents.Server.Security;

/// <summary>What counts as this machine. Without keys the server talks to nobody else.</summary>
internal static class LoopbackRule
{
    /// <summary>Whether a bound address is reachable from this machine only.</summary>
    /// <param name="address">An address as the server reports it, such as <c>http://127.0.0.1:5000</c>.</param>
    public static bool IsLoopbackAddress(string address)
    {
        BindingAddress binding = BindingAddress.Parse(address);
        return binding.IsUnixPipe || binding.IsNamedPipe || IsLoopbackHost(binding.Host);
    }

    /// <summary>
    /// Whether a keyless request came to a loopback address under a loopback name. A web page of another origin can reach a local port under a name of its
    /// own that resolves to 127.0.0.1; its Host header gives it away.
    /// </summary>
    /// <param name="context">The request.</param>
    public static bool IsLocal(HttpContext context)
    {
        IPAddress? bound = context.Connection.LocalIpAddress;
        return (bound is null || IPAddress.IsLoopback(bound)) && IsLoopbackHost(context.Request.Host.Host);
    }

    private static bool IsLoopbackHost(string host)
    {
        string bare = host.Trim('[', ']');
        return string.Equals(bare, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(bare, out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
