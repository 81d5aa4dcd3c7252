//! A cursor over bytes that nobody has vouched for: exact lengths and canonical LEB128, never a read past the end.

use super::refusal::Refusal;

/// Bits that one byte of a LEB128 number carries.
const GROUP_BITS: u32 = 7;
const MORE: u8 = 0x80;
const SIGN: u8 = 0x40;

#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(Refusal::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let (taken, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or(Refusal::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Refusal> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A length or count that may be at most `limit`; what exceeds it is refused with `beyond`.
    pub(super) fn bounded(&mut self, limit: usize, beyond: Refusal) -> Result<usize, Refusal> {
        match usize::try_from(self.unsigned()?) {
            Ok(count) if count <= limit => Ok(count),
            _ => Err(beyond),
        }
    }

    pub(super) fn text(&mut self, length: usize) -> Result<&'a str, Refusal> {
        std::str::from_utf8(self.take(length)?).map_err(|_| Refusal::InvalidUtf8)
    }

    pub(super) fn unsigned(&mut self) -> Result<u64, Refusal> {
        let mut number = 0_u64;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            let group = u64::from(byte & !MORE);
            let shifted = group << shift;
            if shifted >> shift != group {
                return Err(Refusal::InvalidNumber);
            }
            number |= shifted;
            shift += GROUP_BITS;
            if byte & MORE == 0 {
                let is_overlong = byte == 0 && shift > GROUP_BITS;
                return if is_overlong {
                    Err(Refusal::InvalidNumber)
                } else {
                    Ok(number)
                };
            }
            if shift >= u64::BITS {
                return Err(Refusal::InvalidNumber);
            }
        }
    }

    pub(super) fn signed(&mut self) -> Result<i64, Refusal> {
        let mut number = 0_i64;
        let mut shift = 0;
        let mut previous = 0;
        loop {
            let byte = self.byte()?;
            let is_last_group = shift + GROUP_BITS > i64::BITS;
            if is_last_group && byte != 0 && byte != !MORE {
                return Err(Refusal::InvalidNumber);
            }
            number |= i64::from(byte & !MORE) << shift;
            shift += GROUP_BITS;
            if byte & MORE == 0 {
                let repeats_sign =
                    (byte == 0 && previous & SIGN == 0) || (byte == !MORE && previous & SIGN != 0);
                if repeats_sign && shift > GROUP_BITS {
                    return Err(Refusal::InvalidNumber);
                }
                if byte & SIGN != 0 && shift < i64::BITS {
                    number |= -1_i64 << shift;
                }
                return Ok(number);
            }
            previous = byte;
        }
    }
}
