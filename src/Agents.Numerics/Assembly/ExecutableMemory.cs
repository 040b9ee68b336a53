using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Agents.Numerics.Assembly;

/// <summary>
/// Machine code in pages of its own. The pages are writable while the code is copied and executable afterwards, never both. Linux only.
/// Whoever calls the code keeps this object alive for so long.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class ExecutableMemory : IDisposable
{
    private readonly nuint _mapped;
    private nint _address;

    /// <summary>Maps pages, copies the code and makes the pages executable.</summary>
    /// <param name="code">Position-independent code.</param>
    /// <exception cref="ArgumentException">There is no code.</exception>
    /// <exception cref="InvalidOperationException">The system refuses the pages or their execution (a security policy can).</exception>
    public ExecutableMemory(ReadOnlySpan<byte> code)
    {
        if (code.IsEmpty)
        {
            throw new ArgumentException("There is no code.", nameof(code));
        }

        nuint page = (nuint)Environment.SystemPageSize;
        nuint mapped = ((nuint)code.Length + page - 1) / page * page;
        nint address = NativeMethods.Map(0, mapped, NativeMethods.ProtectRead | NativeMethods.ProtectWrite, NativeMethods.MapPrivate | NativeMethods.MapAnonymous, -1, 0);
        if (address == NativeMethods.MapFailed)
        {
            throw Refused("mmap", mapped);
        }

        _address = address;
        _mapped = mapped;
        Length = code.Length;
        code.CopyTo(new Span<byte>((void*)address, code.Length));
        if (NativeMethods.Protect(address, mapped, NativeMethods.ProtectRead | NativeMethods.ProtectExecute) != 0)
        {
            InvalidOperationException failure = Refused("mprotect", mapped);
            Dispose();
            throw failure;
        }
    }

    /// <summary>Unmaps code that was not disposed.</summary>
    ~ExecutableMemory() => Free();

    /// <summary>Gets the bytes of code.</summary>
    public int Length { get; }

    /// <summary>Gets the address of the first instruction.</summary>
    /// <exception cref="ObjectDisposedException">The pages are unmapped.</exception>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return _address;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static InvalidOperationException Refused(string call, nuint bytes) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{call} refused {bytes} bytes for machine code: {Marshal.GetLastPInvokeErrorMessage()}."));

    private void Free()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            _ = NativeMethods.Unmap(address, _mapped);
        }
    }
}
